import Logging
import RelayConfiguration
import Synchronization

/// What is logged and how; shared by all loggers, changed by a reload.
final class LogSettings: Sendable {
    /// The level from the command line, which the file cannot change.
    private let forced: LogConfiguration.Level?
    private let current: Mutex<LogConfiguration>

    init(_ configuration: LogConfiguration, forced: LogConfiguration.Level?) {
        self.forced = forced
        current = Mutex(configuration)
    }

    var format: LogConfiguration.Format { current.withLock { $0.format } }

    var level: Logger.Level { Logger.Level(forced ?? current.withLock { $0.level }) }

    func use(_ configuration: LogConfiguration) {
        current.withLock { $0 = configuration }
    }
}

extension Logger.Level {
    /// The configuration's level in swift-log's words.
    init(_ level: LogConfiguration.Level) {
        switch level {
        case .debug: self = .debug
        case .info: self = .info
        case .warning: self = .warning
        case .error: self = .error
        }
    }
}
