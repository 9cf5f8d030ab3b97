import NIOCore

/// Who keeps how much memory with answers, and with frames, that are read slowly, and whose connection is ended where that is too much: a value that
/// decides, and ``AnswerBudget`` carries out.
///
/// A buffer that several connections keep, as the picture that they all asked for, counts once, and each of them has its part of it.
struct AnswerLedger {
    /// The most of all together; of those who are not known to be hopelessly slow, twice as much.
    static let maxBytes = 32 << 20
    /// The most of one address, of IPv6 one /64.
    static let maxBytesOfOne = 16 << 20
    /// Where pictures are so large that fewer would fit, this many may wait.
    private static let leastPictures = 3
    /// How long nobody is known to be slow: twice the time between two looks at a connection.
    static let grace = TimeAmount.seconds(4)
    /// In how many seconds a reader should have all that is kept for it.
    private static let longest = 60.0

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

        /// In how many seconds it will have as many bytes, as it goes so far.
        func seconds(for bytes: Double, at now: NIODeadline) -> Double {
            bytes * max(1, Double((now - since).nanoseconds) / 1e9) / Double(max(1, takenBytes))
        }

        /// Whether it is too slow to wait for, as far as is known already.
        func isHopeless(at now: NIODeadline) -> Bool {
            now - since >= AnswerLedger.grace
                && seconds(for: pieces.reduce(0) { $0 + Double($1.bytes) }, at: now) > AnswerLedger.longest
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
    /// - Parameter network: where it comes from; see ``ViewerOrigin/network``.
    mutating func keep(_ pieces: [Piece], for id: ID, of network: String, at now: NIODeadline) -> [ID] {
        var reader = readers[id] ?? Reader(network: network, since: now)
        reader.pieces += pieces
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

    /// Who is to be ended: of `network` where that keeps more than its share, of all where all together keep too much, nil where there is
    /// room. It is one of the network that does the most harm, and of this the one that does; for the sake of all, somebody who has just
    /// begun or reads well only where the others are not enough.
    private func worst(besides id: ID, of network: String, least: Int, at now: NIODeadline) -> ID? {
        let (most, mostOfOne) = (max(Self.maxBytes, least), max(Self.maxBytesOfOne, least))
        // Nearly always.
        guard bytes > mostOfOne else { return nil }
        let parts = readers.mapValues { $0.pieces.reduce(0) { $0 + Double($1.bytes) / Double(keepers[$1] ?? 1) } }
        let bytesOfOne = readers.reduce(0) { $0 + ($1.value.network == network ? parts[$1.key] ?? 0 : 0) }
        func worst(where isMeant: (Reader) -> Bool) -> ID? {
            var harms: [ID: Double] = [:]
            var networks: [String: Double] = [:]
            for (other, reader) in readers where other != id && isMeant(reader) {
                let part = parts[other] ?? 0
                // How much is kept for how long: of two who keep as much, the slower one does more harm.
                let harm = part * reader.seconds(for: part, at: now)
                harms[other] = harm
                networks[reader.network, default: 0] += harm
            }
            func rank(_ id: ID) -> (Double, Double) { (networks[readers[id]?.network ?? "", default: 0], harms[id] ?? 0) }
            return harms.keys.max { rank($0) < rank($1) }
        }
        if bytesOfOne > Double(mostOfOne), let worst = worst(where: { $0.network == network }) { return worst }
        if bytes > most, let worst = worst(where: { $0.isHopeless(at: now) }) { return worst }
        return bytes > 2 * most ? worst { _ in true } : nil
    }
}
