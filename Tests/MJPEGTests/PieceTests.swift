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

@Suite struct BoundaryTests {
    @Test(arguments: [
        ("multipart/x-mixed-replace; boundary=abc", "abc"), ("multipart/x-mixed-replace;BOUNDARY = --abc ; x=y", "--abc"),
        ("multipart/x-mixed-replace; boundary=\"a;b\"; c", "\"a;b\""), ("multipart/x-mixed-replace; boundary='a;b'", "'a;b'"),
        ("multipart/mixed; a=b;boundary=video boundary--", "video boundary--"), ("multipart/mixed; boundary=", ""),
        ("multipart/mixed; boundary=\"open", "\"open"), ("multipart/x-mixed-replace; boundary =--myboundary", "--myboundary"),
    ]) func theParameterIsFound(type: String, value: String) {
        #expect(Boundary.parameter(ofContentType: type) == value)
    }

    @Test(arguments: ["multipart/mixed", "", ";", "multipart/mixed; boundary", "multipart/mixed; boundaryx=1", "boundary=1"])
    func noParameterIsNone(type: String) {
        #expect(Boundary.parameter(ofContentType: type) == nil)
    }
}

@Suite struct PartHeaderTests {
    func read(_ lines: String...) -> PartHeader {
        var header = PartHeader()
        for line in lines { header.read(Array(line.utf8)) }
        return header
    }

    @Test func theFieldsThatMatterAreRead() {
        let header = read("Content-Type: image/jpeg", "Content-Length: 1234", "X-Timestamp: 1.5", "X-Frame-Kind: repeat", "Date: now")
        #expect(header.contentLength == 1234 && header.media == .image && header.isPlainJPEG)
        #expect(header.timestamp == Timestamp(microseconds: 1_500_000) && header.kind == .repeat && header.fields == 5)
    }

    @Test(arguments: ["-1", "+1", "", "1a", "0x10", "1 2", "1,2", "1.0", "99999999999", "999999999999999999999999999999", "９"])
    func otherLengthsAreUnreadable(value: String) {
        let header = read("Content-Length: \(value)")
        #expect(header.contentLength == nil && header.hasUnreadableLength)
    }

    @Test(arguments: [
        ("image/jpeg", PartHeader.Media.image), ("IMAGE/JPG; a=b", .image), ("image/pjpeg", .image), ("application/octet-stream", .image),
        ("video/x-motion-jpeg", .image), ("jpeg", .none), ("", .none), ("text/plain", .other), ("audio/basic", .other),
        ("application/xml", .other), ("application/json", .other), ("video/mp4", .other),
    ]) func typesAreOfThreeKinds(type: String, media: PartHeader.Media) {
        #expect(read("Content-Type:\(type)").media == media)
    }

    @Test(arguments: ["", ":", " : x", "Content-Length", "\tContent-Length: 5", "Content-Length 5"]) func otherLinesArePassedOver(
        line: String
    ) {
        #expect(read(line) == PartHeader())
    }
}
