/// The pictures of the benchmark: JPEGs of a given size that carry their number and the time at which they were made.
///
/// `FFD8 | FFFE, length 22, "PERF", number, time in ns | headers of a small grey JPEG | filler without FF | FFD9`
enum Picture {
    /// From the start of image to the end of the stamp.
    static let stampLength = 26

    private static let headers: [UInt8] = [
        0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x01, 0xE0, 0x02, 0x80, 0x01, 0x01, 0x11, 0x00,
        0xFF, 0xDA, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x3F, 0x00,
    ]

    /// A whole picture with an empty stamp.
    static func make(size: Int) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8, 0xFF, 0xFE, 0x00, 22] + Array("PERF".utf8) + [UInt8](repeating: 0, count: 16)
        bytes += headers
        var filler: UInt32 = 1
        while bytes.count < size - 2 {
            filler = filler &* 1_664_525 &+ 1_013_904_223
            bytes.append(UInt8(filler >> 24) % 255)
        }
        return bytes + [0xFF, 0xD9]
    }

    /// Writes number and time into a picture.
    static func stamp(_ picture: UnsafeMutableRawBufferPointer, number: UInt64, time: UInt64) {
        picture.storeBytes(of: number.bigEndian, toByteOffset: 10, as: UInt64.self)
        picture.storeBytes(of: time.bigEndian, toByteOffset: 18, as: UInt64.self)
    }

    /// Number and time of a picture that begins with these bytes; nil when they are not one of ours.
    static func readStamp(_ bytes: UnsafeRawBufferPointer) -> (number: UInt64, time: UInt64)? {
        guard bytes.count >= stampLength, bytes[0] == 0xFF, bytes[1] == 0xD8, bytes[6] == UInt8(ascii: "P"), bytes[9] == UInt8(ascii: "F")
        else { return nil }
        return (
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 10, as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 18, as: UInt64.self))
        )
    }
}

/// The small texts of HTTP that the benchmark reads.
enum Text {
    /// Where the blank line at the end of a header block ends; nil while it is not there.
    static func endOfHeaders(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 3..<bytes.count
        where bytes[index] == 10 && bytes[index - 1] == 13 && bytes[index - 2] == 10 && bytes[index - 3] == 13 {
            return index + 1
        }
        return nil
    }

    /// The number behind `Content-Length:`, nil where there is none.
    static func contentLength(_ bytes: UnsafeRawBufferPointer) -> Int? { number(behind: "content-length:", in: bytes) }

    /// The number of the camera in a request such as `GET /cam7/stream`.
    static func camera(_ bytes: UnsafeRawBufferPointer) -> Int { number(behind: "/cam", in: bytes) ?? 0 }

    private static func number(behind word: StaticString, in bytes: UnsafeRawBufferPointer) -> Int? {
        let pattern = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes.count > pattern.count else { return nil }
        for start in 0..<(bytes.count - pattern.count)
        where pattern.indices.allSatisfy({ pattern[$0] == bytes[start + $0] | (bytes[start + $0] >= 0x40 ? 0x20 : 0) }) {
            var number = 0
            for byte in bytes[(start + pattern.count)...].drop(while: { $0 == 0x20 }) {
                guard (0x30...0x39).contains(byte), number < 1 << 40 else { break }
                number = number * 10 + Int(byte - 0x30)
            }
            return number
        }
        return nil
    }
}
