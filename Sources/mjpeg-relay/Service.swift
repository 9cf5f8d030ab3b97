import Glibc
import Logging
import NIOPosix
import Relay
import RelayConfiguration
import UnixSignals

/// The running program: logs, the relay, and the signals that steer it.
struct Service {
    let configuration: RelayConfiguration
    let level: LogConfiguration.Level

    /// Runs until a signal ends it; returns the exit status.
    func run() async -> Int32 {
        // A log reader or a viewer that goes away is an error of one write, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        let sink = LogSink()
        let handler = RelayLogHandler(sink: sink, format: configuration.log.format, level: Logger.Level(level))
        let logger = Logger(label: "mjpeg-relay", factory: { _ in handler })
        defer { sink.flush() }

        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let relay = Relay(configuration: configuration, group: MultiThreadedEventLoopGroup.singleton, logger: logger, version: Version.text)
        do throws(RelayError) {
            try await relay.start()
        } catch {
            logger.error("\(error)")
            return 1
        }
        await withDiscardingTaskGroup { group in
            var isStopping = false
            for await signal in signals {
                switch signal {
                case .sighup:
                    logger.info("there is no configuration file to read again")
                case _ where isStopping:
                    logger.warning("ending at once")
                    sink.flush()
                    exit(1)
                default:
                    isStopping = true
                    logger.info("shutting down", metadata: ["signal": "\(signal)"])
                    group.addTask {
                        await relay.stop()
                        logger.info("ended")
                        sink.flush()
                        exit(0)
                    }
                }
            }
        }
        return 0
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
