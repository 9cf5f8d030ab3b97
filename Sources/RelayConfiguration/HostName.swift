/// The name of a host as a request's Host field has it.
enum HostName {
    /// The name in lower case and without a final dot. Nil for a text that is no name, and for an IP address in any form.
    ///
    /// Labels are made of letters, digits, `-` and `_`, which names in private networks have (RFC 1123, 2.1, and its usual
    /// extension); none begins or ends with `-`. A name whose last label is a number is read as an IPv4 address by
    /// browsers (WHATWG URL, "ends in a number").
    static func parse(_ text: String) -> String? {
        var bytes = Array(text.utf8)
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        guard (1...253).contains(bytes.count) else { return nil }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let hyphen = UInt8(ascii: "-")
        let areLabels = labels.allSatisfy { label in
            (1...63).contains(label.count) && label.allSatisfy(isNameByte) && label.first != hyphen && label.last != hyphen
        }
        guard areLabels, let last = labels.last else { return nil }
        let name = String(decoding: bytes, as: UTF8.self).lowercased()
        let isDecimal = last.allSatisfy { (0x30...0x39).contains($0) }
        let isHexadecimal = name.utf8.suffix(last.count).starts(with: "0x".utf8) && last.dropFirst(2).allSatisfy(isHexDigit)
        return isDecimal || isHexadecimal ? nil : name
    }

    /// Whether a byte may stand in a label.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default:
            false
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
    }
}
