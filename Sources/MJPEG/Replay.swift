import NIOCore

/// Bytes that a broken picture swallowed and that are read once more, before any new ones.
///
/// How many may be read again grows with new bytes, so that no stream can make the work more than double.
struct Replay: Sendable {
    private let maxAllowance: Int
    private var allowance = 0
    /// The next bytes are the last.
    private var waiting: [ByteBuffer] = []
    private var givenBack: ByteBuffer?

    init(maxAllowance: Int) {
        self.maxAllowance = maxAllowance
    }

    /// Nothing is to be read again.
    var isEmpty: Bool { waiting.isEmpty && givenBack == nil }
    /// Bytes were given back by what is read now: they come before the rest of that.
    var isDue: Bool { givenBack != nil }

    /// Takes the next bytes to read.
    mutating func next() -> ByteBuffer? { waiting.popLast() }

    /// Takes bytes that are to be read next.
    mutating func giveBack(_ bytes: ByteBuffer?) {
        if let bytes, bytes.readableBytes > 0 { givenBack = bytes }
    }

    /// Puts what was given back before `rest`, the unread rest of the bytes that were taken last.
    mutating func resume(before rest: ByteBuffer?) {
        if let rest, rest.readableBytes > 0 { waiting.append(rest) }
        if let givenBack { waiting.append(givenBack) }
        givenBack = nil
    }

    /// Takes notice of `count` new bytes that are about to be read.
    mutating func allow(_ count: Int) { allowance = min(allowance, maxAllowance) + count }

    /// Takes back what was allowed for `count` bytes that were not read after all.
    mutating func disallow(_ count: Int) { allowance -= count }

    /// Whether `count` bytes of a dropped picture may be read again; they are then counted.
    mutating func permits(_ count: Int) -> Bool {
        guard count > 0, count <= allowance else { return false }
        allowance -= count
        return true
    }
}
