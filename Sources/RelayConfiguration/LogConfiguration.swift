/// What the relay writes to standard error, and in which form.
package struct LogConfiguration: Equatable, Sendable {
    /// The least important line that is still written.
    package enum Level: String, CaseIterable, Sendable {
        case debug
        case info
        case warning
        case error
    }

    /// The form of a line.
    package enum Format: String, CaseIterable, Sendable {
        /// For people.
        case text
        /// For log collectors: one JSON object per line.
        case json
    }

    package var level: Level
    package var format: Format
    /// Whether each viewer that comes or goes is a line of its own.
    package var viewers: Bool

    package init(level: Level = .info, format: Format = .text, viewers: Bool = false) {
        self.level = level
        self.format = format
        self.viewers = viewers
    }
}
