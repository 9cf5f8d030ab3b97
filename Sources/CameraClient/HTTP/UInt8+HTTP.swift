extension UInt8 {
    /// A space or a tab, what HTTP allows around names and values.
    var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// A control character, a tab included.
    var isControl: Bool { self < 0x20 || self == 0x7F }

    /// A character of field names, schemes and unquoted values (RFC 9110, section 5.6.2).
    var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    /// The value of this byte as a decimal digit, nil for any other byte.
    var decimalValue: Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? Int(self - UInt8(ascii: "0")) : nil
    }

    /// The value of this byte as a hexadecimal digit, nil for any other byte.
    var hexadecimalValue: UInt64? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(self - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(self - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

extension Collection<UInt8> where SubSequence: BidirectionalCollection {
    /// These bytes without the spaces and tabs at both ends.
    func trimmingBlanks() -> SubSequence {
        var slice = self.drop { $0.isBlank }
        while let last = slice.last, last.isBlank { slice = slice.dropLast() }
        return slice
    }
}
