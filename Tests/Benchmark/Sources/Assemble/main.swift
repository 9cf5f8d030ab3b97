import MJPEG
import NIOCore

// Assembles a stream of 50 KB pictures, as often as told: `Assemble lengths|none|nothing COUNT [BYTES]`. BYTES is the size of
// a read, 64 KiB unless named. "nothing" makes the same stream and does not read it, for what the rest of the program costs.

/// A JPEG whose entropy-coded data is like a real one's: any bytes, 0xFF followed by 0.
func picture(_ seed: UInt64) -> [UInt8] {
    var state = seed
    var jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 1, 0xE0, 2, 0x80, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]
    while jpeg.count < 50_000 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let byte = UInt8(truncatingIfNeeded: state >> 33)
        jpeg += byte == 0xFF ? [0xFF, 0] : [byte]
    }
    return jpeg + [0xFF, 0xD9]
}

let mode = CommandLine.arguments.dropFirst().first ?? ""
let count = Int(CommandLine.arguments.dropFirst(2).first ?? "") ?? 1
var stream: [UInt8] = []
for number in 1...20 {
    let jpeg = picture(UInt64(number))
    let length = mode == "lengths" ? "Content-Length: \(jpeg.count)\r\n" : ""
    stream += Array("--b\r\nContent-Type: image/jpeg\r\n\(length)\r\n".utf8) + jpeg + Array("\r\n".utf8)
}
let size = CommandLine.arguments.dropFirst(3).first.flatMap { Int($0) } ?? 65536
let reads = stride(from: 0, to: stream.count, by: size).map { ByteBuffer(bytes: stream[$0..<min($0 + size, stream.count)]) }
var assembler = FrameAssembler(layout: .multipart(boundary: "b"), maxFrameSize: 1 << 20)
var frames = 0
if mode != "nothing" {
    for _ in 0..<count {
        for read in reads {
            var input = read
            while try assembler.append(&input, timestamp: Timestamp(microseconds: 0)) != nil { frames += 1 }
        }
    }
}
print(frames, stream.count)
