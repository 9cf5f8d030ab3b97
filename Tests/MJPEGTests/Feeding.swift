import MJPEG
import NIOCore

/// What an assembler made of a stream.
struct Assembled {
    /// The frames, and after how many bytes each came out; nil for one that came when the stream ended.
    var frames: [(jpeg: [UInt8], frame: Frame, offset: Int?)] = []
    var assembler: FrameAssembler

    var jpegs: [[UInt8]] { frames.map(\.jpeg) }
}

/// Feeds a stream in pieces that end at `splits`, and ends it.
func assemble(
    _ stream: [UInt8], _ layout: FrameAssembler.Layout, splits: some Sequence<Int>, maxFrameSize: Int = 1 << 20
) throws -> Assembled {
    var result = Assembled(assembler: FrameAssembler(layout: layout, maxFrameSize: maxFrameSize))
    let timestamp = Timestamp(microseconds: 1)
    var start = 0
    for end in Array(splits) + [stream.count] where end > start {
        var input = ByteBuffer(bytes: stream[start..<end])
        while let frame = try result.assembler.append(&input, timestamp: timestamp) {
            result.frames.append((Array(frame.jpeg.readableBytesView), frame, end))
        }
        start = end
    }
    while let frame = result.assembler.finish(timestamp: timestamp) {
        result.frames.append((Array(frame.jpeg.readableBytesView), frame, nil))
    }
    return result
}
