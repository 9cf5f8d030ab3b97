import Text

/// A moment in time, for the `X-Timestamp` of a part and the age of a frame.
///
/// Its text form is seconds since the epoch with six decimals: `1700000000.123456`.
package struct Timestamp: Hashable, Sendable {
    /// Microseconds since 1970-01-01 00:00:00 UTC.
    package let microseconds: Int64

    /// Wraps a count of microseconds since the epoch.
    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Reads seconds with any number of decimals (those beyond the sixth are cut off) and blanks around them.
    ///
    /// Nil for anything else: a sign, an exponent, more than twelve digits of seconds, more than 32 bytes.
    package init?(_ text: some StringProtocol) {
        self.init(text: text.utf8)
    }

    /// The same for bytes, so that reading a part header makes no `String`.
    init?(text: some Sequence<UInt8>) {
        var seconds: Int64 = 0
        var micros: Int64 = 0
        var digits = 0
        var decimals: Int?
        var length = 0
        var blankBehind = false
        for byte in text {
            length += 1
            guard length <= 32 else { return nil }
            if byte == ASCII.space || byte == ASCII.tab {
                blankBehind = digits > 0 || decimals != nil
                continue
            }
            guard !blankBehind else { return nil }
            if byte == ASCII.dot, decimals == nil {
                decimals = 0
            } else if let digit = byte.decimalValue {
                if let place = decimals {
                    if place < 6 { micros = micros * 10 + Int64(digit) }
                    decimals = place + 1
                } else {
                    digits += 1
                    guard digits <= 12 else { return nil }
                    seconds = seconds * 10 + Int64(digit)
                }
            } else {
                return nil
            }
        }
        guard digits > 0 else { return nil }
        for _ in min(decimals ?? 0, 6)..<6 { micros *= 10 }
        self.init(microseconds: seconds * 1_000_000 + micros)
    }
}

extension Timestamp: Comparable {
    /// Orders by time, the older one first.
    package static func < (one: Timestamp, other: Timestamp) -> Bool {
        one.microseconds < other.microseconds
    }
}

extension Timestamp: CustomStringConvertible {
    /// Seconds and six decimals, as `X-Timestamp` carries them.
    package var description: String {
        let magnitude = microseconds.magnitude
        let decimals = String(magnitude % 1_000_000)
        let zeros = String(repeating: "0", count: max(0, 6 - decimals.utf8.count))
        return "\(microseconds < 0 ? "-" : "")\(magnitude / 1_000_000).\(zeros)\(decimals)"
    }
}
