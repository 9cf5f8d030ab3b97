import MJPEG
import NIOCore
import Testing

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
