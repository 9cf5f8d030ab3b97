/// Small JPEGs with the structure of real ones, each number with other bytes.
enum TestPicture {
    static func jpeg(_ number: Int, entropy: Int = 40) -> [UInt8] {
        func segment(_ marker: UInt8, _ contents: [UInt8]) -> [UInt8] {
            let length = contents.count + 2
            return [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + contents
        }
        var random = SeededRandom(seed: UInt64(number))
        var jpeg: [UInt8] = [0xFF, 0xD8]
        jpeg += segment(0xE0, Array("JFIF".utf8) + [0, 1, 1, 0, 0, 1, 0, 1, 0, 0])
        jpeg += segment(0xDB, [0] + [UInt8](repeating: 0xFF, count: 64))
        jpeg += segment(0xC0, [8, 0, 24, 0, 32, 1, 1, 0x11, 0])
        jpeg += segment(0xC4, [0] + [UInt8](repeating: 1, count: 16) + Array(0..<16))
        jpeg += segment(0xDA, [1, 1, 0, 0, 63, 0])
        for _ in 0..<entropy {
            let byte = UInt8.random(in: 0...255, using: &random)
            jpeg += byte == 0xFF ? [0xFF, 0] : [byte]
        }
        return jpeg + [0xFF, 0xD9]
    }

    /// The pictures 1 to `count`.
    static func jpegs(_ count: Int) -> [[UInt8]] { (1...count).map { jpeg($0) } }

    /// Pictures as parts, each with its length.
    static func parts(_ pictures: [[UInt8]], boundary: String = "frame", length: Bool = true) -> [UInt8] {
        pictures.flatMap { picture in
            bytes("--\(boundary)\r\nContent-Type: image/jpeg\r\n" + (length ? "Content-Length: \(picture.count)\r\n" : "") + "\r\n")
                + picture + bytes("\r\n")
        }
    }

    /// A stream's usual head.
    static let head = bytes("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")
}
