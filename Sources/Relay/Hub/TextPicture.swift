import NIOCore

/// A picture with some words on it, for what no picture made beforehand can say: 640 by 360 pixels, light letters on a dark ground.
///
/// A JPEG of squares of 8 by 8 pixels, each of one grey (ITU-T T.81): of each only the mean is coded.
enum TextPicture {
    private static let columns = 80
    private static let rows = 45
    /// Greys from 0 to 255.
    private static let ground = 40
    private static let ink = 220
    private static let glyphWidth = 5
    private static let glyphHeight = 7

    /// The picture of `lines`, of which each shows its first 13 characters: letters, digits and `.:-`; others are blanks.
    static func make(_ lines: [String]) -> ByteBuffer {
        let lines = lines.prefix(4).map { Array($0.uppercased().prefix(13)) }
        let lineHeight = glyphHeight + 3
        let top = (rows - lines.count * lineHeight + 3) / 2
        return encode { column, row in
            let line = (row - top) / lineHeight
            guard row >= top, lines.indices.contains(line) else { return ground }
            let text = lines[line]
            let left = (columns - text.count * (glyphWidth + 1) + 1) / 2
            guard column >= left else { return ground }
            let (place, x) = (column - left).quotientAndRemainder(dividingBy: glyphWidth + 1)
            let y = (row - top) % lineHeight
            guard text.indices.contains(place), x < glyphWidth, y < glyphHeight else { return ground }
            let bits = glyphs[text[place]]?[y] ?? 0
            return bits & (1 << (glyphWidth - 1 - x)) == 0 ? ground : ink
        }
    }

    private static func encode(_ grey: (_ column: Int, _ row: Int) -> Int) -> ByteBuffer {
        var bytes: [UInt8] = [0xFF, 0xD8]
        func segment(_ marker: UInt8, _ content: [UInt8]) {
            bytes += [0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 0xFF)] + content
        }
        // A step of 8 makes the coefficient the grey itself.
        segment(0xDB, [0] + Array(repeating: 8, count: 64))
        let (width, height) = (columns * 8, rows * 8)
        segment(0xC0, [8, UInt8(height >> 8), UInt8(height & 0xFF), UInt8(width >> 8), UInt8(width & 0xFF), 1, 1, 0x11, 0])
        // Nine lengths of a difference, each with a code of four bits; and the end of a block, with a code of one.
        segment(0xC4, [0x00, 0, 0, 0, 9] + Array(repeating: 0, count: 12) + Array(0...8))
        segment(0xC4, [0x10, 1] + Array(repeating: 0, count: 15) + [0])
        segment(0xDA, [1, 1, 0x00, 0, 63, 0])
        var bits = (value: 0, count: 0)
        func put(_ value: Int, _ count: Int) {
            bits = (bits.value << count | value, bits.count + count)
            while bits.count >= 8 {
                bits.count -= 8
                let byte = UInt8(bits.value >> bits.count & 0xFF)
                bytes += byte == 0xFF ? [byte, 0] : [byte]
            }
            bits.value &= (1 << bits.count) - 1
        }
        var last = 0
        for row in 0..<rows {
            for column in 0..<columns {
                let value = grey(column, row) - 128
                let difference = value - last
                last = value
                let length = Int.bitWidth - difference.magnitude.leadingZeroBitCount
                put(length, 4)
                if length > 0 { put(difference > 0 ? difference : difference + (1 << length) - 1, length) }
                put(0, 1)
            }
        }
        // Filled up with ones.
        if bits.count > 0 { put((1 << (8 - bits.count)) - 1, 8 - bits.count) }
        return ByteBuffer(bytes: bytes + [0xFF, 0xD9])
    }

    /// Each character as seven rows of five bits.
    private static let glyphs: [Character: [UInt8]] = [
        "A": [14, 17, 17, 31, 17, 17, 17], "B": [30, 17, 17, 30, 17, 17, 30], "C": [14, 17, 16, 16, 16, 17, 14],
        "D": [30, 17, 17, 17, 17, 17, 30], "E": [31, 16, 16, 30, 16, 16, 31], "F": [31, 16, 16, 30, 16, 16, 16],
        "G": [14, 17, 16, 23, 17, 17, 15], "H": [17, 17, 17, 31, 17, 17, 17], "I": [14, 4, 4, 4, 4, 4, 14],
        "J": [7, 2, 2, 2, 2, 18, 12], "K": [17, 18, 20, 24, 20, 18, 17], "L": [16, 16, 16, 16, 16, 16, 31],
        "M": [17, 27, 21, 21, 17, 17, 17], "N": [17, 17, 25, 21, 19, 17, 17], "O": [14, 17, 17, 17, 17, 17, 14],
        "P": [30, 17, 17, 30, 16, 16, 16], "Q": [14, 17, 17, 17, 21, 18, 13], "R": [30, 17, 17, 30, 20, 18, 17],
        "S": [15, 16, 16, 14, 1, 1, 30], "T": [31, 4, 4, 4, 4, 4, 4], "U": [17, 17, 17, 17, 17, 17, 14],
        "V": [17, 17, 17, 17, 17, 10, 4], "W": [17, 17, 17, 21, 21, 21, 10], "X": [17, 17, 10, 4, 10, 17, 17],
        "Y": [17, 17, 17, 10, 4, 4, 4], "Z": [31, 1, 2, 4, 8, 16, 31],
        "0": [14, 17, 19, 21, 25, 17, 14], "1": [4, 12, 4, 4, 4, 4, 14], "2": [14, 17, 1, 2, 4, 8, 31],
        "3": [31, 2, 4, 2, 1, 17, 14], "4": [2, 6, 10, 18, 31, 2, 2], "5": [31, 16, 30, 1, 1, 17, 14],
        "6": [6, 8, 16, 30, 17, 17, 14], "7": [31, 1, 2, 4, 8, 8, 8], "8": [14, 17, 17, 14, 17, 17, 14],
        "9": [14, 17, 17, 15, 1, 2, 12], ":": [0, 12, 12, 0, 12, 12, 0], ".": [0, 0, 0, 0, 0, 12, 12], "-": [0, 0, 0, 31, 0, 0, 0],
    ]
}
