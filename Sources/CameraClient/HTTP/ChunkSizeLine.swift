import Text

/// The line before each chunk, read byte by byte: hexadecimal digits, then whatever the camera adds.
///
/// Blank lines before it are skipped, so that the line end behind a chunk may be there, be missing or be there twice; `0x` before
/// the digits and blanks around them are taken, as ffmpeg takes them.
struct ChunkSizeLine: Sendable {
    /// The longest line in bytes, blank lines before it included.
    static let maxLength = 4096
    /// Chunks from this size on are a mistake of the camera.
    static let sizeLimit: UInt64 = 1 << 40

    /// What one more byte makes of the line.
    enum Step: Hashable {
        case incomplete
        case size(Int)
        /// This is no chunk size, whatever follows.
        case unreadable
    }

    private enum State {
        case start
        case digits
        case prefix
        case rest
    }

    private var state = State.start
    private var value: UInt64 = 0
    private var digits = 0
    private var length = 0

    /// Whether the line is unreadable only because its number is too large. It is a chunk size all the same, not the body's first bytes.
    private(set) var hasOverflowed = false

    /// Reads one more byte of the line; a line that has ended is not to be used again.
    mutating func take(_ byte: UInt8) -> Step {
        length += 1
        guard length <= Self.maxLength else { return .unreadable }
        switch state {
        case .start where byte.isBlank || byte == 0x0D || byte == 0x0A:
            return .incomplete
        case .start:
            state = .digits
            return takeDigit(byte)
        case .digits where (byte == UInt8(ascii: "x") || byte == UInt8(ascii: "X")) && digits == 1 && value == 0:
            state = .prefix
            return .incomplete
        case .prefix:
            state = .digits
            return takeDigit(byte)
        case .digits where byte == 0x0A:
            return .size(Int(value))
        case .digits where byte.isBlank || byte == 0x0D || byte == UInt8(ascii: ";") || byte == UInt8(ascii: ","):
            state = .rest
            return .incomplete
        case .digits:
            return takeDigit(byte)
        case .rest:
            return byte == 0x0A ? .size(Int(value)) : .incomplete
        }
    }

    private mutating func takeDigit(_ byte: UInt8) -> Step {
        guard let digit = byte.hexadecimalValue else { return .unreadable }
        value = value << 4 | UInt64(digit)
        digits += 1
        guard value < Self.sizeLimit else {
            hasOverflowed = true
            return .unreadable
        }
        return .incomplete
    }
}
