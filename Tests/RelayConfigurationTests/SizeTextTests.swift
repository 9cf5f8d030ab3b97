import Testing

@testable import RelayConfiguration

@Suite struct SizeTextTests {
    @Test(arguments: [("64KiB", 65536), ("16MiB", 16_777_216), ("1GiB", 1 << 30), ("0KiB", 0)])
    func sizes(text: String, bytes: Int) {
        #expect(SizeText.parse(text) == bytes)
    }

    @Test(arguments: ["", "KiB", "64", "64K", "64KB", "64kib", "64B", "-1KiB", "1.5MiB", "64 KiB", "1000000000KiB"])
    func textsThatAreNoSizes(text: String) {
        #expect(SizeText.parse(text) == nil)
    }
}
