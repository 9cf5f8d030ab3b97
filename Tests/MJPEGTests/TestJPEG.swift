import TestSupport

/// Small JPEGs with the structure of real ones; their entropy-coded data is random.
struct TestJPEG {
    var width = 32
    var height = 24
    var seed: UInt64 = 1
    /// Bytes of entropy-coded data per scan.
    var entropyLength = 200
    var isProgressive = false
    var hasRestarts = false
    var hasHuffmanTables = true
    /// An Exif segment with a whole JPEG in it.
    var thumbnail: [UInt8]?
    /// The contents of a comment.
    var comment: [UInt8]?
    /// Fill bytes before each marker.
    var fill = 0

    static func segment(_ marker: UInt8, _ contents: [UInt8]) -> [UInt8] {
        let length = contents.count + 2
        return [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + contents
    }

    var bytes: [UInt8] {
        var generator = SeededRandom(seed: seed)
        var jpeg: [UInt8] = [0xFF, 0xD8]
        func add(_ segment: [UInt8]) {
            jpeg += [UInt8](repeating: 0xFF, count: fill) + segment
        }
        add(TestJPEG.segment(0xE0, Array("JFIF".utf8) + [0, 1, 1, 0, 0, 1, 0, 1, 0, 0]))
        if let thumbnail { add(TestJPEG.segment(0xE1, Array("Exif".utf8) + [0, 0] + thumbnail + [0xFF, 0xD9, 0])) }
        if let comment { add(TestJPEG.segment(0xFE, comment)) }
        add(TestJPEG.segment(0xDB, [0] + [UInt8](repeating: 0xFF, count: 64)))
        let size = [UInt8(height >> 8), UInt8(height & 0xFF), UInt8(width >> 8), UInt8(width & 0xFF)]
        add(TestJPEG.segment(isProgressive ? 0xC2 : 0xC0, [8] + size + [1, 1, 0x11, 0]))
        if hasRestarts { add(TestJPEG.segment(0xDD, [0, 4])) }
        for scan in 0..<(isProgressive ? 3 : 1) {
            if hasHuffmanTables { add(TestJPEG.segment(0xC4, [UInt8(scan), 1] + [UInt8](repeating: 0, count: 15) + [7])) }
            add(TestJPEG.segment(0xDA, [1, 1, 0, 0, 63, 0]))
            for index in 0..<entropyLength {
                let byte = UInt8.random(in: 0...255, using: &generator)
                jpeg += byte == 0xFF || index % 50 == 7 ? [0xFF, 0] : [byte]
                if hasRestarts, index % 40 == 39 { jpeg += [0xFF, 0xD0 + UInt8(index / 40 % 8)] }
            }
        }
        add([0xFF, 0xD9])
        return jpeg
    }

    /// Some of every kind, each with other bytes.
    static func varied(_ count: Int, entropyLength: Int = 200) -> [[UInt8]] {
        (0..<count).map { index in
            var jpeg = TestJPEG(seed: UInt64(index + 1), entropyLength: entropyLength)
            jpeg.isProgressive = index % 4 == 1
            jpeg.hasRestarts = index % 4 == 2
            jpeg.hasHuffmanTables = index % 3 != 2
            if index % 4 == 3 { jpeg.thumbnail = TestJPEG(width: 8, height: 6, seed: 99, entropyLength: 40).bytes }
            if index % 5 == 4 { jpeg.fill = 2 }
            return jpeg.bytes
        }
    }
}
