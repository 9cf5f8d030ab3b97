/// Reads the entropy-coded data of a scan, bit by bit, without decoding what the bits mean.
struct EntropyReader {
    /// The outcome of reading a block.
    enum Outcome {
        case whole
        /// The bytes end within the block.
        case cut
        /// The block's bits are no code, or a marker comes within the block.
        case damaged
    }

    private let bytes: UnsafeRawBufferPointer
    /// The position of the next byte that is not in `bits`. Bytes of a marker are never taken.
    private(set) var position: Int
    /// The next bits, from the highest on, with zeros behind the last bit.
    private var bits: UInt64 = 0
    private var bitCount = 0
    private var isAtMarker = false

    /// Starts at `position`, where a scan's data begins.
    init(_ bytes: UnsafeRawBufferPointer, from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// Passes over a block of sequential DCT coefficients.
    mutating func skipBlock(dc: HuffmanTable, ac: HuffmanTable) -> Outcome {
        fill()
        guard let size = dc.decode(Int(bits >> 48)) else { return bitCount < 16 ? shortage : .damaged }
        guard size.symbol <= 16 else { return .damaged }
        guard take(size.length + size.symbol) else { return shortage }
        var index = 1
        while index < 64 {
            fill()
            guard let run = ac.decode(Int(bits >> 48)) else { return bitCount < 16 ? shortage : .damaged }
            let (zeros, size) = (run.symbol >> 4, run.symbol & 15)
            guard take(run.length + size) else { return shortage }
            if size == 0, zeros != 15 { break }
            index += zeros + 1
            guard index <= 64 else { return .damaged }
        }
        return .whole
    }

    /// Passes over the restart marker with the number `number`, and the bytes before it.
    mutating func skipRestart(_ number: Int) -> Outcome {
        (bits, bitCount, isAtMarker) = (0, 0, false)
        while let hit = bytes.position(of: 0xFF, from: position) {
            position = hit + 1
            guard position < bytes.count else { return .cut }
            switch bytes[position] {
            case 0, 0xFF: continue
            case 0xD0 + UInt8(number & 7):
                position += 1
                return .whole
            default: return .damaged
            }
        }
        return .cut
    }

    /// The outcome where there are not enough bits.
    private var shortage: Outcome { isAtMarker ? .damaged : .cut }

    private mutating func take(_ count: Int) -> Bool {
        guard count <= bitCount else { return false }
        bits <<= UInt64(count)
        bitCount -= count
        return true
    }

    /// Takes bytes until `bits` is full or a marker comes.
    private mutating func fill() {
        while bitCount <= 56, position < bytes.count, !isAtMarker {
            let byte = bytes[position]
            if byte == 0xFF {
                guard position + 1 < bytes.count else {
                    position = bytes.count
                    return
                }
                // Any number of FF bytes may come before a marker, and before the zero that makes an FF a byte of data.
                switch bytes[position + 1] {
                case 0: position += 1
                case 0xFF:
                    position += 1
                    continue
                default:
                    isAtMarker = true
                    return
                }
            }
            position += 1
            bits |= UInt64(byte) << UInt64(56 - bitCount)
            bitCount += 8
        }
    }
}
