import Testing
import Text

@Suite struct PercentCodingTests {
    @Test(arguments: [
        ("", ""), ("a%2Fb", "a/b"), ("%2f%2F", "//"), ("100%", "100%"), ("%4", "%4"), ("%%41", "%A"), ("%+f", "%+f"), ("%-1", "%-1"),
        ("%zz%41", "%zzA"), ("%2541", "%41"), ("a+b", "a+b"),
    ]) func whatIsNoEscapeStandsForItself(text: String, decoded: String) {
        #expect(String(decoding: PercentCoding.decode(text.utf8), as: UTF8.self) == decoded)
    }

    @Test func aPlusIsABlankOnlyWhereAsked() {
        #expect(PercentCoding.decode("a+b%2B".utf8, plusIsBlank: true) == Array("a b+".utf8))
    }

    @Test func everyByteComesBack() {
        let bytes = Array(UInt8.min...UInt8.max)
        let encoded = PercentCoding.encode(bytes, isPlain: PercentCoding.isUnreserved)
        #expect(PercentCoding.decode(encoded) == bytes)
        #expect(encoded.count == 66 + 190 * 3)
        #expect(PercentCoding.encode(" /~é".utf8, isPlain: PercentCoding.isUnreserved) == Array("%20%2F~%C3%A9".utf8))
    }
}
