/// A table of a JPEG's Huffman codes (ITU T.81, Annex C and F.2.2.3). A class, since each block passes its tables on: a value's
/// arrays would be counted one by one.
final class HuffmanTable: Sendable {
    /// Codes up to this length are looked up at once.
    private static let lookupLength = 9

    /// The length and the symbol of the code that the index begins with; a length of 0 where that is longer.
    private let lookup: [(length: UInt8, symbol: UInt8)]
    /// The first code of each length and the index of its symbol; a length without codes has a limit of nought.
    private let firstCode: [Int]
    private let firstIndex: [Int]
    private let limit: [Int]
    private let symbols: [UInt8]

    /// Takes the number of codes of each length from 1 to 16, and the symbols in the order of their codes.
    ///
    /// Nil where the counts are no code, or do not fit the symbols.
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

    /// The symbol of the code that `bits`, the next 16 bits, begin with, and the code's length; nil where there is no such code.
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
