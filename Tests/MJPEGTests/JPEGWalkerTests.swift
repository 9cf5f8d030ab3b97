import MJPEG
import NIOCore
import Testing

@Suite struct JPEGWalkerTests {
    @Test(arguments: TestJPEG.varied(10)) func theEndIsFoundAtEverySplit(jpeg: [UInt8]) {
        let stream = jpeg + [0xFF, 0xD8]
        for split in 0...jpeg.count {
            var walker = JPEGWalker()
            let first = stream[..<split].withUnsafeBytes { walker.walk($0) }
            let second = stream[split...].withUnsafeBytes { walker.walk($0) }
            #expect(first == (split < jpeg.count ? .more : .end(consumed: jpeg.count)))
            #expect(second == .end(consumed: jpeg.count - split))
            #expect(walker.position == jpeg.count && walker.width == 32 && walker.height == 24 && walker.isPicture && walker.hasEnded)
        }
    }

    @Test(arguments: [UInt8](0xC0...0xCF)) func onlyFrameHeadersGiveASize(marker: UInt8) {
        let jpeg = [0xFF, 0xD8] + TestJPEG.segment(marker, [8, 1, 2, 3, 4, 1, 1, 0x11, 0]) + [0xFF, 0xD9]
        var walker = JPEGWalker()
        #expect(jpeg.withUnsafeBytes { walker.walk($0) } == .end(consumed: jpeg.count))
        let isFrameHeader = ![0xC4, 0xC8, 0xCC].contains(marker)
        #expect(walker.height == (isFrameHeader ? 0x102 : 0) && walker.width == (isFrameHeader ? 0x304 : 0))
        #expect(!walker.isPicture)
    }

    @Test(
        arguments: [
            [0xFF], [0x00], [0xFF, 0x00], [0xFF, 0xD8, 0xFF, 0xD8], [0xFF, 0xD8, 0xFF, 0xDB, 0, 1], [0xFF, 0xD8, 0xFF, 0xC0, 0, 2],
            [0xFF, 0xD8, 0xFF, 0xC0, 0, 8, 8, 0, 1, 0, 1, 1],
            [0xFF, 0xD8, 0xFF, 0xDA], [0xFF, 0xD8, 0xFF, 0x20],
        ] as [[UInt8]]) func whatCannotBeIsInvalid(bytes: [UInt8])
    {
        var walker = JPEGWalker()
        let outcome = bytes.withUnsafeBytes { walker.walk($0) }
        #expect(outcome == (bytes == [0xFF] ? .more : .invalid(consumed: bytes == [0x00] ? 1 : bytes.count)))
        #expect(!walker.isPicture)
    }
}
