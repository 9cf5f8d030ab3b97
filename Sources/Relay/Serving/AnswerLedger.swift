import NIOCore

/// Who keeps how much memory with answers that are read slowly, and whose connection is ended where that is too much: a value that
/// decides, and ``AnswerBudget`` carries out.
///
/// A buffer that several connections keep, as the picture that they all asked for, counts once, and each of them has its part of it.
struct AnswerLedger {
    /// The most of all together.
    static let maxBytes = 32 << 20
    /// The most of one address, of IPv6 one /64.
    static let maxBytesOfOne = 16 << 20
    /// Where pictures are so large that fewer would fit, this many may wait.
    private static let leastPictures = 3

    typealias ID = ObjectIdentifier

    /// A buffer that somebody keeps: where its memory is, and how much that is. While it is kept, nothing else can be there.
    struct Piece: Hashable {
        let address: UInt
        let bytes: Int
    }

    private struct Reader {
        let network: String
        let since: NIODeadline
        var pieces: [Piece] = []
        /// Bytes that it has taken since.
        var takenBytes = 0

        /// How much will be kept for how long, by what has been taken so far: in the first second nobody is slow.
        func harm(_ bytes: Double, at now: NIODeadline) -> Double {
            let seconds = max(1, Double((now - since).nanoseconds) / 1e9)
            return bytes * bytes / max(1, Double(takenBytes) / seconds)
        }
    }

    private var readers: [ID: Reader] = [:]
    /// How many connections keep a piece.
    private var keepers: [Piece: Int] = [:]
    /// Bytes that are kept now.
    private(set) var bytes = 0

    /// Counts what a connection keeps from now on; returns the connections that have to be ended for it, which keep nothing any more.
    /// It is never one of them, so that nobody is refused for what others keep.
    ///
    /// - Parameters:
    ///   - network: where it comes from; see ``ViewerOrigin/network``.
    ///   - takenBytes: bytes of the answer that it has taken already.
    mutating func keep(_ pieces: [Piece], for id: ID, of network: String, takenBytes: Int, at now: NIODeadline) -> [ID] {
        var reader = readers[id] ?? Reader(network: network, since: now)
        reader.pieces += pieces
        reader.takenBytes += takenBytes
        readers[id] = reader
        for piece in pieces {
            if keepers[piece] == nil { bytes += piece.bytes }
            keepers[piece, default: 0] += 1
        }
        let least = Self.leastPictures * (pieces.map(\.bytes).max() ?? 0)
        var ended: [ID] = []
        while let worst = worst(besides: id, of: network, least: least, at: now) {
            release(worst)
            ended.append(worst)
        }
        return ended
    }

    /// Notes that a connection has taken more.
    mutating func took(_ bytes: Int, _ id: ID) { readers[id]?.takenBytes += bytes }

    /// A connection keeps nothing any more.
    mutating func release(_ id: ID) {
        for piece in readers.removeValue(forKey: id)?.pieces ?? [] {
            let left = keepers[piece, default: 1] - 1
            keepers[piece] = left > 0 ? left : nil
            if left <= 0 { bytes -= piece.bytes }
        }
    }

    /// Who is to be ended: of `network` where that keeps more than its share, of the one that keeps the most where all together keep too
    /// much, nil where there is room. Of a network, it is the connection that will keep most for longest.
    private func worst(besides id: ID, of network: String, least: Int, at now: NIODeadline) -> ID? {
        let isFull = bytes > max(Self.maxBytes, least)
        // Nearly always.
        guard isFull || bytes > max(Self.maxBytesOfOne, least) else { return nil }
        var networks: [String: Double] = [:]
        let parts = readers.mapValues { reader in
            let part = reader.pieces.reduce(0) { $0 + Double($1.bytes) / Double(keepers[$1] ?? 1) }
            networks[reader.network, default: 0] += part
            return part
        }
        let hasNetworkTooMuch = networks[network, default: 0] > Double(max(Self.maxBytesOfOne, least))
        guard isFull || hasNetworkTooMuch else { return nil }
        let candidates = readers.filter { $0.key != id && (isFull || $0.value.network == network) }
        return candidates.max { left, right in
            let (one, other) = (networks[left.value.network, default: 0], networks[right.value.network, default: 0])
            guard one == other else { return one < other }
            return left.value.harm(parts[left.key] ?? 0, at: now) < right.value.harm(parts[right.key] ?? 0, at: now)
        }?.key
    }
}
