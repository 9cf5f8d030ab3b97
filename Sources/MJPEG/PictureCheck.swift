/// Finds out whether a picture without an end of image was cut: decodes the Huffman codes as far as needed to count the blocks (ITU T.81,
/// F.2.2). If all blocks are there, a decoder shows the picture to its last line.
///
/// Only sequential pictures are checked, which cameras send. The work is linear in the bytes, because each block takes at least some bits.
struct PictureCheck {
    private struct Component {
        let id: UInt8
        let horizontal: Int
        let vertical: Int
        var isThere = false
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 2
    private var width = 0
    private var height = 0
    private var components: [Component] = []
    private var dcTables: [HuffmanTable?] = [nil, nil, nil, nil]
    private var acTables: [HuffmanTable?] = [nil, nil, nil, nil]
    private var restartInterval = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The wholeness of the picture at the beginning of `bytes`; bytes behind the last block do not matter.
    static func wholeness(of bytes: UnsafeRawBufferPointer) -> Wholeness {
        var check = PictureCheck(bytes)
        while let marker = check.nextMarker() {
            switch marker {
            case 0x01, 0xD0...0xD7: continue
            case 0xD9: return check.wholeness
            case 0xC2, 0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF: return .unchecked
            default: break
            }
            guard let contents = check.segment() else { return .cut }
            switch marker {
            case 0xC0, 0xC1: guard check.readFrameHeader(contents) else { return .damaged }
            case 0xC4: guard check.readTables(contents) else { return .damaged }
            case 0xDD: check.restartInterval = contents.count == 2 ? Int(contents[0]) << 8 | Int(contents[1]) : 0
            case 0xDA:
                switch check.skipScan(contents) {
                case .whole: break
                case .cut: return .cut
                case .damaged: return .damaged
                }
            default: break
            }
        }
        return check.wholeness
    }

    /// The wholeness by the scans so far, if all of them were complete.
    private var wholeness: Wholeness {
        let count = components.count(where: \.isThere)
        if count == 0 { return .cut }
        // Decoders show a picture whose colour scans are missing, with less colour.
        return count == components.count ? .whole : .unchecked
    }

    /// The next marker's code; bytes before the marker do not matter.
    private mutating func nextMarker() -> UInt8? {
        while let hit = bytes.position(of: 0xFF, from: position) {
            position = hit + 1
            while position < bytes.count, bytes[position] == 0xFF { position += 1 }
            guard position < bytes.count else { return nil }
            position += 1
            if bytes[position - 1] != 0 { return bytes[position - 1] }
        }
        return nil
    }

    /// The contents of the segment whose length is at the present position; nil where the contents are incomplete.
    private mutating func segment() -> UnsafeRawBufferPointer? {
        guard position + 2 <= bytes.count else { return nil }
        let length = max(2, Int(bytes[position]) << 8 | Int(bytes[position + 1]))
        guard position + length <= bytes.count else { return nil }
        let contents = bytes.first(position + length).rest(from: position + 2)
        position += length
        return contents
    }

    private mutating func readFrameHeader(_ contents: UnsafeRawBufferPointer) -> Bool {
        guard components.isEmpty, contents.count >= 6, contents.count == 6 + 3 * Int(contents[5]) else { return false }
        height = Int(contents[1]) << 8 | Int(contents[2])
        width = Int(contents[3]) << 8 | Int(contents[4])
        for index in stride(from: 6, to: contents.count, by: 3) {
            let (horizontal, vertical) = (Int(contents[index + 1] >> 4), Int(contents[index + 1] & 15))
            guard (1...4).contains(horizontal), (1...4).contains(vertical) else { return false }
            components.append(Component(id: contents[index], horizontal: horizontal, vertical: vertical))
        }
        return true
    }

    private mutating func readTables(_ contents: UnsafeRawBufferPointer) -> Bool {
        var rest = contents
        while rest.count >= 17 {
            let (kind, number) = (rest[0] >> 4, Int(rest[0] & 15))
            let counts = rest.first(17).rest(from: 1)
            let end = 17 + counts.reduce(0) { $0 + Int($1) }
            guard kind <= 1, number <= 3, end <= rest.count else { return false }
            guard let table = HuffmanTable(counts: counts, symbols: rest.first(end).rest(from: 17)) else { return false }
            if kind == 0 { dcTables[number] = table } else { acTables[number] = table }
            rest = rest.rest(from: end)
        }
        return true
    }

    /// Passes over a scan's data.
    private mutating func skipScan(_ contents: UnsafeRawBufferPointer) -> EntropyReader.Outcome {
        guard let blocks = blocks(ofScan: contents), !blocks.isEmpty else { return .damaged }
        let count = unitCount(ofScan: contents)
        var reader = EntropyReader(bytes, from: position)
        var restarts = 0
        for unit in 0..<count {
            if restartInterval > 0, unit > 0, unit % restartInterval == 0 {
                let outcome = reader.skipRestart(restarts)
                guard outcome == .whole else { return outcome }
                restarts += 1
            }
            for (dc, ac) in blocks {
                let outcome = reader.skipBlock(dc: dc, ac: ac)
                guard outcome == .whole else { return outcome }
            }
        }
        position = reader.position
        for index in components.indices where number(in: contents, of: components[index]) != nil { components[index].isThere = true }
        return .whole
    }

    /// The tables for each block of a unit, in order; nil where the scan's header is wrong or a table is missing.
    private func blocks(ofScan contents: UnsafeRawBufferPointer) -> [(HuffmanTable, HuffmanTable)]? {
        guard let count = contents.first, (1...4).contains(count), contents.count == 4 + 2 * Int(count) else { return nil }
        var blocks: [(HuffmanTable, HuffmanTable)] = []
        for index in 0..<Int(count) {
            guard let component = components.first(where: { $0.id == contents[1 + 2 * index] }) else { return nil }
            let (dcNumber, acNumber) = (Int(contents[2 + 2 * index] >> 4), Int(contents[2 + 2 * index] & 15))
            guard dcNumber <= 3, acNumber <= 3,
                let dc = dcTables[dcNumber] ?? (dcNumber < 2 ? HuffmanTable.standardDC[dcNumber] : nil),
                let ac = acTables[acNumber] ?? (acNumber < 2 ? HuffmanTable.standardAC[acNumber] : nil)
            else { return nil }
            blocks += Array(repeating: (dc, ac), count: count == 1 ? 1 : component.horizontal * component.vertical)
        }
        return blocks
    }

    /// The number of units (MCUs) in a scan: blocks of one component, or groups of blocks of several components.
    private func unitCount(ofScan contents: UnsafeRawBufferPointer) -> Int {
        func rounded(_ value: Int, _ divisor: Int) -> Int { (value + divisor - 1) / divisor }
        let horizontal = components.reduce(1) { max($0, $1.horizontal) }
        let vertical = components.reduce(1) { max($0, $1.vertical) }
        guard contents[0] == 1, let component = components.first(where: { number(in: contents, of: $0) != nil }) else {
            return rounded(width, 8 * horizontal) * rounded(height, 8 * vertical)
        }
        let (columns, rows) = (rounded(width * component.horizontal, horizontal), rounded(height * component.vertical, vertical))
        return rounded(columns, 8) * rounded(rows, 8)
    }

    /// The place of a component in a scan's header; nil where the component is not in the scan.
    private func number(in contents: UnsafeRawBufferPointer, of component: Component) -> Int? {
        (0..<Int(contents[0])).first { contents[1 + 2 * $0] == component.id }
    }
}
