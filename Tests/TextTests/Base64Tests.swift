import Foundation
import Testing
import Text

@Suite struct Base64Tests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]) func theExamplesOfTheStandardHold(text: String, encoded: String) {
        #expect(Base64.encode(text.utf8) == encoded)
    }

    @Test func everyLengthIsAsFoundationHasIt() {
        for count in 0...300 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 151 + count) }
            #expect(Base64.encode(bytes) == Data(bytes).base64EncodedString())
            #expect(Base64.encode(bytes).utf8.count == Base64.length(of: count))
        }
    }

    @Test func whatStandsBehindTheTextIsLeftAlone() {
        var target = [UInt8](repeating: 0x2E, count: 10)
        let bytes: [UInt8] = [1, 2, 3, 4]
        let count = target.withUnsafeMutableBytes { target in bytes.withUnsafeBytes { Base64.encode($0, into: target) } }
        #expect(count == 8)
        #expect(target[8...] == [0x2E, 0x2E])
    }
}
