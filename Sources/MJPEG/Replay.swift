import NIOCore

/// The bytes of a broken picture that are read once more, before new bytes.
///
/// The number of bytes that may be read again grows with new bytes, so that no stream can more than double the work.
struct Replay: Sendable {
    private let maxAllowance: Int
    private var allowance = 0
    /// The next bytes are the last bytes to be read again.
    private var waiting: [ByteBuffer] = []
    private var givenBack: ByteBuffer?

    init(maxAllowance: Int) {
        self.maxAllowance = maxAllowance
    }

    /// Nothing is to be read again.
    var isEmpty: Bool { waiting.isEmpty && givenBack == nil }
    /// The bytes that are read now gave bytes back; these come before the unread rest.
    var isDue: Bool { givenBack != nil }

    /// Takes the next bytes to read.
    mutating func next() -> ByteBuffer? { waiting.popLast() }

    /// Takes bytes that are to be read next.
    mutating func giveBack(_ bytes: ByteBuffer?) {
        if let bytes, bytes.readableBytes > 0 { givenBack = bytes }
    }

    /// Puts the bytes that were given back before `rest`, the unread rest of the bytes that were taken last.
    mutating func resume(before rest: ByteBuffer?) {
        if let rest, rest.readableBytes > 0 { waiting.append(rest) }
        if let givenBack { waiting.append(givenBack) }
        givenBack = nil
    }

    /// Counts `count` new bytes that are about to be read.
    mutating func allow(_ count: Int) { allowance = min(allowance, maxAllowance) + count }

    /// Takes back the allowance for `count` new bytes that were not read.
    mutating func disallow(_ count: Int) { allowance -= count }

    /// Whether `count` bytes of a dropped picture may be read again; if so, counts them.
    mutating func permits(_ count: Int) -> Bool {
        guard count > 0, count <= allowance else { return false }
        allowance -= count
        return true
    }
}
