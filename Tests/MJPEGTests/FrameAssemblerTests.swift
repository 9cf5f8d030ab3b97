import MJPEG
import NIOCore
import Testing

/// A stream of a camera, and what is to become of it.
struct Stream: CustomTestStringConvertible, Sendable {
    var name: String
    var layout = FrameAssembler.Layout.multipart(boundary: "x")
    var bytes: [UInt8] = []
    var frames: [[UInt8]] = []
    /// After how many bytes each frame is whole, for those whose moment is the point.
    var moments: [Int?] = []
    var quirks: [Quirks] = []
    var dropped = 0

    var testDescription: String { name }

    init(_ name: String, boundary: String? = "x") {
        self.name = name
        layout = .multipart(boundary: boundary)
    }

    /// Adds bytes that belong to no frame.
    func text(_ text: String) -> Stream {
        bytes(Array(text.utf8))
    }

    func bytes(_ more: [UInt8]) -> Stream {
        var stream = self
        stream.bytes += more
        return stream
    }

    /// Adds bytes that are a frame; it is due with the last of them, or when it is due is left open.
    func frame(_ jpeg: [UInt8], late: Bool = false) -> Stream {
        var stream = bytes(jpeg)
        stream.frames.append(jpeg)
        stream.moments.append(late ? nil : stream.bytes.count)
        return stream
    }

    func odd(_ quirks: Quirks...) -> Stream {
        var stream = self
        stream.quirks += quirks
        return stream
    }

    func layout(_ layout: FrameAssembler.Layout) -> Stream {
        var stream = self
        stream.layout = layout
        return stream
    }

    func dropping(_ count: Int) -> Stream {
        var stream = self
        stream.dropped = count
        return stream
    }

    /// Adds the same for each of some JPEGs.
    func each(_ jpegs: [[UInt8]], _ add: (Stream, [UInt8], Int) -> Stream) -> Stream {
        jpegs.enumerated().reduce(self) { add($0, $1.element, $1.offset) }
    }
}

@Suite struct FrameAssemblerTests {
    static let jpegs = TestJPEG.varied(4)

    static let streams: [Stream] = [
        Stream("right lengths").each(jpegs) { stream, jpeg, _ in
            stream.text("--x\r\nContent-Type: image/jpeg\r\nContent-Length: \(jpeg.count)\r\n\r\n").frame(jpeg).text("\r\n")
        }
    ]

    @Test(arguments: streams) func aStreamGivesItsFramesHoweverItIsSplit(stream: Stream) throws {
        let whole = try assemble(stream.bytes, stream.layout, splits: [])
        #expect(whole.jpegs == stream.frames)
        #expect(whole.assembler.framesDropped == stream.dropped)
        for quirk in stream.quirks { #expect(whole.assembler.quirks.contains(quirk), "\(quirk.names)") }
        let single = try assemble(stream.bytes, stream.layout, splits: 1..<max(1, stream.bytes.count))
        #expect(single.jpegs == stream.frames)
        #expect(single.assembler.quirks == whole.assembler.quirks, "\(single.assembler.quirks.names) \(whole.assembler.quirks.names)")
        if single.frames.count == stream.moments.count {
            for (frame, moment) in zip(single.frames, stream.moments) where moment != nil { #expect(frame.offset == moment) }
        }
        for split in 1..<max(1, stream.bytes.count) {
            let halves = try assemble(stream.bytes, stream.layout, splits: [split])
            #expect(halves.jpegs == stream.frames, "split at \(split)")
            guard halves.jpegs == stream.frames, halves.assembler.quirks == whole.assembler.quirks else {
                Issue.record("split at \(split)")
                break
            }
        }
    }
}
