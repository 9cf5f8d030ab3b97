/// What one run of ``Viewers`` wrote.
struct Result {
    private var values: [String: Double] = [:]

    /// Nil when the line is none of theirs.
    init?(_ line: String) {
        for word in line.split(whereSeparator: \.isWhitespace) {
            let parts = word.split(separator: "=", maxSplits: 1)
            if parts.count == 2, let value = Double(parts[1]) { values[String(parts[0])] = value }
        }
        if values["frames"] == nil { return nil }
    }

    subscript(name: String) -> Double { values[name] ?? 0 }

    /// Processor time of the watched process for what arrived.
    var cpuPerGB: Double { self["cpu"] / max(1, self["bytes"] + self["slow_bytes"]) * 1e9 }
}
