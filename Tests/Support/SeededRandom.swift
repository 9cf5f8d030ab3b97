/// Random numbers that are the same in every run (SplitMix64), so that a failure can be seen again.
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Bytes with one to four changes: one replaced, put in, taken out, or a run of them repeated.
    ///
    /// - Parameter favourites: bytes that are put in more often than others, since they mean something.
    package mutating func mutated(_ bytes: [UInt8], favourites: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &self)
            let byte = Bool.random(using: &self) ? favourites.randomElement(using: &self) ?? 0 : UInt8.random(in: 0...255, using: &self)
            switch Int.random(in: 0..<4, using: &self) {
            case 0: bytes[place] = byte
            case 1: bytes.insert(byte, at: place)
            case 2: bytes.remove(at: place)
            default:
                let run = bytes[place...].prefix(Int.random(in: 1...12, using: &self))
                bytes.insert(contentsOf: run, at: Int.random(in: 0...bytes.count, using: &self))
            }
        }
        return bytes
    }
}
