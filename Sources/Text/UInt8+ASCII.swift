extension UInt8 {
    /// A space or a tab, which HTTP allows around names and values.
    @inlinable package var isBlank: Bool { self == ASCII.space || self == ASCII.tab }

    /// A control character, a tab included.
    @inlinable package var isControl: Bool { self < 0x20 || self == 0x7F }

    /// A decimal digit.
    @inlinable package var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    /// A letter from A to Z, in either case.
    @inlinable package var isLetter: Bool { self | 0x20 >= 0x61 && self | 0x20 <= 0x7A }

    /// A letter from A to Z, in either case, or a decimal digit.
    @inlinable package var isAlphanumeric: Bool { isLetter || isDigit }

    /// A character that may occur in host names.
    @inlinable package var isHostNameByte: Bool {
        isAlphanumeric || self == ASCII.dash || self == ASCII.dot || self == UInt8(ascii: "_")
    }

    /// A character of field names, schemes and unquoted values (RFC 9110, section 5.6.2).
    @inlinable package var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            isAlphanumeric
        }
    }

    /// The small letter for a capital one, any other byte as it is.
    @inlinable package var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self + 0x20 : self }

    /// The value of this byte as a decimal digit, nil for any other byte.
    @inlinable package var decimalValue: UInt8? { isDigit ? self - 0x30 : nil }

    /// The value of this byte as a hexadecimal digit, nil for any other byte.
    @inlinable package var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
