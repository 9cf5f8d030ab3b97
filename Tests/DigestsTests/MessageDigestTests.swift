import Digests
import Testing
import Text

@Suite struct MessageDigestTests {
    /// The values of RFC 1321, RFC 3174 and RFC 6234.
    @Test(arguments: [
        (
            "", "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        ),
        (
            "abc", "900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        ),
        (
            "message digest", "f96b697d7cb7938d525a2f31aaf161d0", "c12252ceda8be8994d5fa0290a47231c1d16aae3",
            "f7846f55cf23e14eebeab5b4e1550cad5b509e3348fbc4efa3a1413d393cb650"
        ),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "8215ef0796a20bcaaae116d3876c664a",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func digestsOfKnownTexts(_ text: String, md5: String, sha1: String, sha256: String) {
        let bytes = Array(text.utf8)
        #expect(Hexadecimal.digits(of: MessageDigest.md5(of: bytes)) == md5)
        #expect(Hexadecimal.digits(of: MessageDigest.sha1(of: bytes)) == sha1)
        #expect(Hexadecimal.digits(of: MessageDigest.sha256(of: bytes)) == sha256)
    }

    /// The values of RFC 4231: a key longer than a block among them.
    @Test(arguments: [
        ([UInt8](repeating: 0x0b, count: 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (Array("Jefe".utf8), "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func keyedDigestsOfKnownTexts(_ key: [UInt8], _ text: String, _ expected: String) {
        #expect(Hexadecimal.digits(of: MessageDigest.hmacSHA256(of: Array(text.utf8), key: key)) == expected)
    }

    @Test func comparesWholeByteStrings() {
        #expect(MessageDigest.areEqual([], []))
        #expect(MessageDigest.areEqual([1, 2, 3], [1, 2, 3]))
        #expect(!MessageDigest.areEqual([1, 2, 3], [1, 2, 4]))
        #expect(!MessageDigest.areEqual([1, 2, 3], [1, 2]))
        #expect(!MessageDigest.areEqual([1, 2], [1, 2, 0]))
    }
}
