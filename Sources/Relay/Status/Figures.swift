/// Numbers as the pages write them.
enum Figures {
    /// Seconds as people say them: `4 s`, `3 min`, `2 h`, `5 days`.
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<100: "\(max(0, Int(seconds))) s"
        case ..<6000: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(min(seconds, 1e12) / 86400)) days"
        }
    }

    /// Bits per second: `12.5 Mb/s`, `800 kb/s`.
    static func bitRate(_ bits: Double) -> String {
        bits >= 1e6 ? "\(decimal(bits / 1e6)) Mb/s" : "\(Int(bits / 1000)) kb/s"
    }

    /// Bytes in powers of 1024: `17.2 MiB`.
    static func bytes(_ count: UInt64) -> String {
        var value = Double(count)
        for unit in ["bytes", "KiB", "MiB", "GiB"] {
            if value < 1024 { return unit == "bytes" ? "\(count) bytes" : "\(decimal(value)) \(unit)" }
            value /= 1024
        }
        return "\(decimal(value)) TiB"
    }

    /// A count with non-breaking blanks between the thousands.
    static func count(_ value: UInt64) -> String {
        let digits = Array("\(value)")
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
            text.append(digit)
        }
        return text
    }

    /// A number with one decimal.
    static func decimal(_ value: Double) -> String {
        let tenths = Int((min(max(value, 0), 1e15) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
