/// A table of a JPEG's Huffman codes (ITU T.81, Annex C and F.2.2.3). A class, because tables are passed for each block, and the arrays of
/// a value would be reference-counted each time.
final class HuffmanTable: Sendable {
    /// Codes up to this length are found by one look-up.
    private static let lookupLength = 9

    /// The length and the symbol of the code at the beginning of the index's bits; a length of 0 for a longer code.
    private let lookup: [(length: UInt8, symbol: UInt8)]
    /// The first code of each length and the index of its symbol; a length without codes has the limit 0.
    private let firstCode: [Int]
    private let firstIndex: [Int]
    private let limit: [Int]
    private let symbols: [UInt8]

    /// Takes the number of codes of each length from 1 to 16, and the symbols in the order of their codes.
    ///
    /// Nil where the counts do not make a code, or do not fit the symbols.
    init?(counts: some Collection<UInt8>, symbols: some Collection<UInt8>) {
        guard counts.count == 16, counts.reduce(0, { $0 + Int($1) }) == symbols.count, symbols.count <= 256 else { return nil }
        self.symbols = Array(symbols)
        var lookup: [(length: UInt8, symbol: UInt8)] = Array(repeating: (0, 0), count: 1 << HuffmanTable.lookupLength)
        var firstCode = [Int](repeating: 0, count: 17)
        var (firstIndex, limit) = (firstCode, firstCode)
        var code = 0
        var index = 0
        for (length, count) in zip(1...16, counts.map { Int($0) }) {
            code <<= 1
            guard code + count <= 1 << length else { return nil }
            (firstCode[length], firstIndex[length], limit[length]) = (code, index, count > 0 ? code + count : 0)
            for _ in 0..<count {
                if length <= HuffmanTable.lookupLength {
                    let free = HuffmanTable.lookupLength - length
                    for rest in 0..<(1 << free) { lookup[code << free | rest] = (UInt8(length), self.symbols[index]) }
                }
                code += 1
                index += 1
            }
        }
        self.lookup = lookup
        self.firstCode = firstCode
        self.firstIndex = firstIndex
        self.limit = limit
    }

    /// The symbol and the length of the code at the beginning of `bits`, the next 16 bits; nil where there is no such code.
    func decode(_ bits: Int) -> (symbol: Int, length: Int)? {
        let entry = lookup[(bits >> (16 - HuffmanTable.lookupLength)) & (lookup.count - 1)]
        if entry.length > 0 { return (Int(entry.symbol), Int(entry.length)) }
        for length in (HuffmanTable.lookupLength + 1)...16 {
            let code = bits >> (16 - length)
            if code < limit[length] {
                guard code >= firstCode[length] else { return nil }
                return (Int(symbols[firstIndex[length] + code - firstCode[length]]), length)
            }
        }
        return nil
    }
}
