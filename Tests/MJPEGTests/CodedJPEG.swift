import TestSupport

/// A small JPEG that decodes: each block is made of Huffman codes of random coefficients.
struct CodedJPEG {
    /// A code's bits, in text, and the symbol that it stands for.
    typealias Codes = [(bits: String, symbol: UInt8)]

    var width = 40
    var height = 30
    /// Sampling factors, horizontal and vertical, of each component.
    var sampling = [(1, 1)]
    var restartInterval = 0
    /// Each component has a scan of its own.
    var hasSeparateScans = false
    /// The picture brings its tables; else it is coded with those of ITU T.81, K.3, which decoders have.
    var hasTables = true
    var seed: UInt64 = 1
    var comment: [UInt8]?

    private static let dc: Codes = [("00", 0), ("01", 1), ("10", 3), ("110", 5)]
    private static let ac: Codes = [("00", 0), ("01", 0x01), ("10", 0x12), ("110", 0xF0), ("1110", 0x53)]
    private static let standardDC: Codes = [("00", 0), ("010", 1), ("100", 3), ("1110", 6)]
    private static let standardAC: Codes = [("1010", 0), ("00", 0x01), ("11100", 0x21), ("11111111001", 0xF0), ("1111111110010001", 0x36)]

    private var segments: [UInt8] {
        var bytes = TestJPEG.segment(0xE0, Array("JFIF".utf8) + [0, 1, 1, 0, 0, 1, 0, 1, 0, 0])
        if let comment { bytes += TestJPEG.segment(0xFE, comment) }
        bytes += TestJPEG.segment(0xDB, [0] + (1...64).map { UInt8($0) })
        let size = [UInt8(height >> 8), UInt8(height & 0xFF), UInt8(width >> 8), UInt8(width & 0xFF)]
        var components: [UInt8] = []
        for (index, factors) in sampling.enumerated() { components += [UInt8(index + 1), UInt8(factors.0 << 4 | factors.1), 0] }
        bytes += TestJPEG.segment(0xC0, [8] + size + [UInt8(sampling.count)] + components)
        if restartInterval > 0 { bytes += TestJPEG.segment(0xDD, [UInt8(restartInterval >> 8), UInt8(restartInterval & 0xFF)]) }
        if hasTables {
            for (kind, codes) in [(UInt8(0), CodedJPEG.dc), (0x10, CodedJPEG.ac)] {
                let counts = (1...16).map { length in UInt8(codes.count { $0.bits.count == length }) }
                bytes += TestJPEG.segment(0xC4, [kind] + counts + codes.map(\.symbol))
            }
        }
        return bytes
    }

    private func scan(_ components: [Int], _ generator: inout SeededRandom) -> [UInt8] {
        func rounded(_ value: Int, _ divisor: Int) -> Int { (value + divisor - 1) / divisor }
        let (horizontal, vertical) = (sampling.map(\.0).max() ?? 1, sampling.map(\.1).max() ?? 1)
        var bytes = TestJPEG.segment(
            0xDA, [UInt8(components.count)] + components.flatMap { [UInt8($0 + 1), 0] as [UInt8] } + [0, 63, 0])
        var units = rounded(width, 8 * horizontal) * rounded(height, 8 * vertical)
        var blocks = components.reduce(0) { $0 + sampling[$1].0 * sampling[$1].1 }
        if let component = components.first, components.count == 1 {
            units = rounded(rounded(width * sampling[component].0, horizontal), 8)
            units *= rounded(rounded(height * sampling[component].1, vertical), 8)
            blocks = 1
        }
        var bits = ""
        func flush() {
            while bits.count % 8 != 0 { bits += "1" }
            for index in stride(from: 0, to: bits.count, by: 8) {
                let byte = UInt8(bits.dropFirst(index).prefix(8), radix: 2) ?? 0
                bytes += byte == 0xFF ? [0xFF, 0] : [byte]
            }
            bits = ""
        }
        for unit in 0..<units {
            if restartInterval > 0, unit > 0, unit % restartInterval == 0 {
                flush()
                bytes += [0xFF, 0xD0 + UInt8((unit / restartInterval - 1) % 8)]
            }
            for _ in 0..<blocks { bits += block(&generator) }
        }
        flush()
        return bytes
    }

    /// The codes of a block with few coefficients.
    private func block(_ generator: inout SeededRandom) -> String {
        func code(_ codes: Codes, at index: Int) -> (String, UInt8) {
            let (bits, symbol) = codes[index]
            let extra = (0..<Int(symbol & 15)).map { _ in Bool.random(using: &generator) ? "1" : "0" }.joined()
            return (bits + extra, symbol)
        }
        let (dc, ac) = hasTables ? (CodedJPEG.dc, CodedJPEG.ac) : (CodedJPEG.standardDC, CodedJPEG.standardAC)
        var bits = code(dc, at: Int.random(in: dc.indices, using: &generator)).0
        var index = 1
        while index < 64 {
            let (more, symbol) = code(ac, at: Int.random(in: 0..<5, using: &generator))
            guard symbol != 0, index + Int(symbol >> 4) < 64 else { return bits + ac[0].bits }
            bits += more
            index += Int(symbol >> 4) + 1
        }
        return bits
    }

    /// The picture; with `endOfImage` false, without its last two bytes.
    func bytes(endOfImage: Bool = true) -> [UInt8] {
        var generator = SeededRandom(seed: seed)
        var bytes: [UInt8] = [0xFF, 0xD8] + segments
        let scans = hasSeparateScans ? sampling.indices.map { [$0] } : [Array(sampling.indices)]
        for components in scans { bytes += scan(components, &generator) }
        return bytes + (endOfImage ? [0xFF, 0xD9] : [])
    }

    /// One of every kind that cameras send.
    static let kinds: [CodedJPEG] = [
        CodedJPEG(seed: 1), CodedJPEG(sampling: [(2, 1), (1, 1), (1, 1)], seed: 2),
        CodedJPEG(sampling: [(2, 2), (1, 1), (1, 1)], restartInterval: 2, seed: 3), CodedJPEG(hasTables: false, seed: 4),
        CodedJPEG(width: 33, height: 17, sampling: [(2, 2), (1, 1), (1, 1)], hasSeparateScans: true, seed: 5),
        CodedJPEG(sampling: [(1, 1), (1, 1), (1, 1)], restartInterval: 3, hasSeparateScans: true, seed: 6),
        CodedJPEG(width: 8, height: 8, seed: 7), CodedJPEG(width: 200, height: 8, restartInterval: 1, seed: 8),
    ]
}
