import CFuzzer
import Glibc
import MJPEG
import NIOCore

/// What came of a stream.
struct Outcome {
    var frames: [[UInt8]] = []
    /// Whether a picture was broken: what is found again in one depends on how much of it had come.
    var isBroken = false
}

/// Feeds a stream in pieces of a size; its first byte chooses the layout.
func assemble(_ bytes: UnsafeBufferPointer<UInt8>, pieces: Int, limit: Int) -> Outcome {
    let layouts: [FrameAssembler.Layout] = [.detect, .jpegs, .multipart(boundary: nil), .multipart(boundary: "--b")]
    var assembler = FrameAssembler(layout: layouts[Int(bytes[0] & 3)], maxFrameSize: limit)
    var outcome = Outcome()
    var rest = bytes.dropFirst()
    func take(_ frame: Frame) { outcome.frames.append(Array(frame.jpeg.readableBytesView)) }
    do {
        while !rest.isEmpty {
            var input = ByteBuffer(bytes: rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            while let frame = try assembler.append(&input, timestamp: Timestamp(microseconds: 0)) { take(frame) }
        }
        if let frame = assembler.finish(timestamp: Timestamp(microseconds: 0)) { take(frame) }
    } catch {
        outcome.frames.append([])
    }
    outcome.isBroken = assembler.quirks.contains(.brokenPicture)
    return outcome
}

// Whatever the bytes, a frame is a whole JPEG within the limit, and unless pictures are broken the pieces do not matter.
var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>! = CommandLine.unsafeArgv
exit(
    LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, size in
        guard let data, size > 0 else { return 0 }
        let bytes = UnsafeBufferPointer(start: data, count: size)
        let limit = 64 << 10
        let whole = assemble(bytes, pieces: size, limit: limit)
        for frame in whole.frames where !frame.isEmpty {
            precondition(frame.count <= limit && frame.starts(with: [0xFF, 0xD8, 0xFF]))
            precondition(
                Frame(jpeg: ByteBuffer(bytes: frame), timestamp: Timestamp(microseconds: 0)) != nil || frame.suffix(2) != [0xFF, 0xD9])
        }
        let inPieces = assemble(bytes, pieces: 1 + Int(bytes[0] >> 2) % 7, limit: limit)
        precondition(
            whole.isBroken || inPieces.isBroken || whole.frames == inPieces.frames,
            "whole \(whole.frames.map(\.count)) bytes, in pieces \(inPieces.frames.map(\.count)) bytes")
        return 0
    })
