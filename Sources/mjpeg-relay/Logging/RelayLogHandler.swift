import Glibc
import Logging
import Relay
import RelayConfiguration

/// Forms log lines, as text or JSON, and hands them to a ``LogSink``.
struct RelayLogHandler: LogHandler {
    let sink: LogSink
    let settings: LogSettings
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(sink: LogSink, settings: LogSettings) {
        self.sink = sink
        self.settings = settings
    }

    /// The level of all loggers; one logger cannot have its own.
    var logLevel: Logger.Level {
        get { settings.level }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let more = metadataProvider?.get() { all.merge(more) { $1 } }
        if let more = event.metadata { all.merge(more) { $1 } }
        let pairs = all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)".cut) }
        let message = "\(event.message)".cut
        switch settings.format {
        case .text: sink.add(Self.text(event.level, message, pairs))
        case .json: sink.add(Self.oneLine(Self.json(event.level, message, pairs)))
        }
    }

    private static func text(_ level: Logger.Level, _ message: String, _ pairs: [(String, String)]) -> String {
        var line = "\(timestamp()) \(level) \(oneLine(message))"
        for (key, value) in pairs {
            line += " \(key)=\(quoted(value))"
        }
        return line
    }

    private static func json(_ level: Logger.Level, _ message: String, _ pairs: [(String, String)]) -> String {
        let members: [(String, JSONValue)] =
            [("time", .string(timestamp())), ("level", .string("\(level)")), ("message", .string(message))]
            + pairs.map { ($0.0, .string($0.1)) }
        return JSONValue.object(members).description
    }

    /// The value as it is if it is one word, else in quotes, so that a line stays one line whatever a camera says.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "\"" }
        return oneLine(isPlain ? value : JSONValue.string(value).description)
    }

    /// The text with all characters that end a line or control a terminal written as in JSON.
    private static func oneLine(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.generalCategory == .control || scalar.value == 0x2028 || scalar.value == 0x2029
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isControl(scalar):
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The wall clock's time in UTC, to the millisecond (RFC 3339).
    private static func timestamp() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        func padded(_ number: Int, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(Int(parts.tm_year) + 1900)-\(padded(Int(parts.tm_mon) + 1))-\(padded(Int(parts.tm_mday)))"
        let time = "\(padded(Int(parts.tm_hour))):\(padded(Int(parts.tm_min))):\(padded(Int(parts.tm_sec)))"
        return "\(date)T\(time).\(padded(now.tv_nsec / 1_000_000, 3))Z"
    }
}
