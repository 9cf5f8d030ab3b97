import CFuzzer
import Glibc
import MJPEG
import NIOCore
import NIOEmbedded
import Reading
import Synchronization
import Text

/// What came of a body.
struct Outcome: Equatable {
    var frames: [[UInt8]] = []
    var endings: [String] = []
    /// Whether anything was odd: what is made of a broken picture or of bytes between parts depends on how much of them had come.
    var isOdd = false
    /// Whether so much time went by that frames may have been left out, as where they come faster than they can be passed on.
    var isSlow = false
}

/// What publishers say of their bodies.
let heads: [[(name: String, value: String)]] = [
    [("Transfer-Encoding", "chunked")],
    [("Transfer-Encoding", "chunked"), ("Content-Type", "multipart/x-mixed-replace;boundary=b")],
    [("Transfer-Encoding", "chunked"), ("Content-Type", "multipart/x-mixed-replace")],
    [("Content-Type", "audio/mpeg")],
    [("Content-Type", "multipart/form-data; boundary=b")],
    [("Content-Type", "image/jpeg"), ("Content-Length", "600")],
    [("Content-Type", "multipart/form-data; boundary=\"b\""), ("Content-Length", "900")],
    [("Content-Type", "application/octet-stream"), ("Content-Length", "0")],
]

/// Reads a body in pieces of a size; its first byte chooses the head.
func publish(_ bytes: UnsafeBufferPointer<UInt8>, pieces: Int, limit: Int) -> Outcome {
    let start = NIODeadline.now()
    let eventLoop = EmbeddedEventLoop()
    let box = Box()
    let sink = FrameSink(
        connected: { description in
            if !description.quirks.isEmpty || description.picturesDropped > 0 { box.outcome.withLock { $0.isOdd = true } }
        },
        frame: { frame in box.outcome.withLock { $0.frames.append(Array(frame.jpeg.readableBytesView)) } })
    let body = PublishedBody(
        fields: heads[Int(bytes[0] & 7)], maxFrameSize: limit, description: CameraDescription(), hiding: Secrets(), to: sink,
        stallTimeout: { .seconds(3600) }, eventLoop: eventLoop, resume: {},
        ended: { ending in
            let text = if case .whole(let frames, _) = ending { "whole \(frames)" } else { "\(ending)" }
            box.outcome.withLock { $0.endings.append(text) }
        })
    var rest = bytes.dropFirst()
    while !rest.isEmpty {
        var input = ByteBuffer(bytes: rest.prefix(pieces))
        rest = rest.dropFirst(pieces)
        body.take(&input)
    }
    body.connectionEnded()
    body.stop()
    var result = box.outcome.withLock { $0 }
    result.isSlow = .now() - start > .milliseconds(20)
    return result
}

/// What the reader's closures write to.
final class Box: Sendable {
    let outcome = Mutex(Outcome())
}

// Whatever the bytes, a body ends once, a frame is a JPEG within the limit, and unless something is odd the pieces do not matter.
var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>! = CommandLine.unsafeArgv
exit(
    LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, size in
        guard let data, size > 0 else { return 0 }
        let bytes = UnsafeBufferPointer(start: data, count: size)
        let limit = 4 << 10
        let whole = publish(bytes, pieces: size, limit: limit)
        precondition(whole.endings.count == 1, "\(whole.endings)")
        for frame in whole.frames { precondition(frame.count <= limit && frame.starts(with: [0xFF, 0xD8, 0xFF])) }
        let inPieces = publish(bytes, pieces: 1 + Int(bytes[0] >> 3) % 11, limit: limit)
        precondition(
            whole.isOdd || inPieces.isOdd || whole.isSlow || inPieces.isSlow
                || whole.frames == inPieces.frames && whole.endings == inPieces.endings,
            "whole \(whole.frames.map(\.count)) \(whole.endings), in pieces \(inPieces.frames.map(\.count)) \(inPieces.endings)")
        return 0
    })
