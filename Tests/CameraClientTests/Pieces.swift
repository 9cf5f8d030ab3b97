import NIOCore
import TestSupport

/// The ways in which the same bytes can come: as one piece, byte by byte, and cut in two at every place.
enum Pieces {
    static func all(of bytes: [UInt8]) -> [[ByteBuffer]] {
        var ways = [[ByteBuffer(bytes: bytes)], bytes.map { ByteBuffer(bytes: [$0]) }]
        for split in bytes.indices.dropFirst() {
            ways.append([ByteBuffer(bytes: bytes[..<split]), ByteBuffer(bytes: bytes[split...])])
        }
        return ways
    }

    /// Pieces of random length.
    static func random(of bytes: [UInt8], using random: inout SeededRandom) -> [ByteBuffer] {
        var pieces: [ByteBuffer] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...17, using: &random))
            pieces.append(ByteBuffer(bytes: piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}

/// A row of bytes in a table: text, with other bytes where they are needed.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
