import Testing
import Text

@Suite struct ASCIITests {
    /// What each class holds, by another way: the characters themselves, and of all 256 bytes no others.
    @Test func eachClassHoldsItsBytesAndNoOthers() {
        let digits = "0123456789"
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for byte in UInt8.min...UInt8.max {
            func isIn(_ text: String) -> Bool { text.utf8.contains(byte) }
            #expect(byte.isBlank == isIn(" \t"), "\(byte)")
            #expect(byte.isControl == (byte < 32 || byte == 127), "\(byte)")
            #expect(byte.isDigit == isIn(digits), "\(byte)")
            #expect(byte.isLetter == isIn(letters), "\(byte)")
            #expect(byte.isAlphanumeric == isIn(letters + digits), "\(byte)")
            #expect(byte.isHostNameByte == isIn(letters + digits + "-._"), "\(byte)")
            #expect(byte.isTokenByte == isIn(letters + digits + "!#$%&'*+-.^_`|~"), "\(byte)")
        }
    }

    @Test func eachByteHasTheValueThatItSpells() {
        for byte in UInt8.min...UInt8.max {
            let text = byte < 128 ? String(UnicodeScalar(byte)) : ""
            let isSign = text == "+" || text == "-"
            #expect(byte.decimalValue == (isSign ? nil : UInt8(text, radix: 10)), "\(byte)")
            #expect(byte.hexadecimalValue == (isSign ? nil : UInt8(text, radix: 16)), "\(byte)")
            #expect(byte.lowercased == (byte < 128 ? text.lowercased().utf8.first : byte), "\(byte)")
        }
    }

    @Test(arguments: [
        ("content-length", true, true), ("Content-LENGTH", true, true), ("content-length:", false, true), ("content-lengt", false, false),
        ("content\rlength", false, false), ("", false, false),
    ]) func caseIsNotMinded(text: String, isEqual: Bool, starts: Bool) {
        #expect(ASCII.equal(text.utf8, "content-length") == isEqual)
        #expect(ASCII.starts(text.utf8, with: "content-length") == starts)
    }

    @Test(arguments: [
        ("", "", ""), (" \t ", "", ""), (" a b\t", "a b", "a b"), ("\r a\r", "\r a\r", "a"), ("\na\n", "\na\n", "\na\n"),
    ]) func trimmingTakesWhatIsOutside(text: String, withoutBlanks: String, withoutReturns: String) {
        let bytes = Array(text.utf8)
        #expect(String(decoding: bytes.trimmingBlanks(), as: UTF8.self) == withoutBlanks)
        #expect(String(decoding: bytes.trimmingBlanksAndReturns(), as: UTF8.self) == withoutReturns)
    }
}
