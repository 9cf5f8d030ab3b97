import CameraClient
import Certificates
import Glibc
import Logging
import NIOCore
import NIOPosix
import Relay
import RelayConfiguration
import UnixSignals

/// The running program: logs, the relay, and the signals that reload and end it.
struct Service {
    /// A second signal to end within this time counts as a repetition of the first; a later one ends the program at once.
    private static let signalEcho = Duration.milliseconds(300)

    let configuration: RelayConfiguration
    /// The file that a reload reads; nil in the single-URL mode.
    let file: String?
    /// The log level of the command line, which no file changes.
    let forcedLevel: LogConfiguration.Level?

    /// Runs until a signal ends it; returns the exit status.
    func run() async -> Int32 {
        // When a log reader or a viewer goes away, one write fails; without this line the signal would end the program.
        signal(SIGPIPE, SIG_IGN)
        let sink = LogSink()
        let settings = LogSettings(configuration.log, forced: forcedLevel)
        let logger = Logger(label: "mjpeg-relay", factory: { _ in RelayLogHandler(sink: sink, settings: settings) })
        let manager = ServiceManager(environment: ConfigurationFile.environment)
        defer { sink.flush() }
        if let problem = manager.problem { logger.warning("\(problem)") }
        if let problem = DescriptorLimit.problem(with: configuration) {
            logger.error("\(problem)")
            return 1
        }

        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let group = MultiThreadedEventLoopGroup.singleton
        let relay = Relay(configuration: configuration, group: group, logger: logger, version: Version.text)
        do throws(RelayError) {
            try await relay.start()
        } catch {
            logger.error("\(error)")
            return 1
        }
        await HealthSocket.open(for: relay, on: group, file: file, logger: logger)
        manager.ready()
        // The sign of life comes from an event loop, so that a hanging event loop sends none.
        let watchdog = manager.watchdogInterval.map { interval in
            group.any().scheduleRepeatedTask(initialDelay: .zero, delay: interval) { _ in manager.alive() }
        }
        defer { watchdog?.cancel() }
        // Process 1 inherits the processes that programs leave behind.
        let reaper =
            getpid() == 1
            ? group.any().scheduleRepeatedTask(initialDelay: .zero, delay: .seconds(1)) { _ in StartedPrograms.all.reapOthers() } : nil
        defer { reaper?.cancel() }

        await withDiscardingTaskGroup { tasks in
            var stopping: ContinuousClock.Instant?
            for await signal in signals {
                switch signal {
                case .sighup:
                    guard stopping == nil else { continue }
                    guard let file else {
                        logger.info("there is no configuration file to read again")
                        continue
                    }
                    tasks.addTask {
                        manager.reloading()
                        // A call that only asked the running reload for another round has nothing to tell.
                        let reload = await relay.reload {
                            // The relay itself watches the certificates that it serves: a pair that is half written must not keep a
                            // configuration from being read.
                            await Self.read(file, knowing: Set(relay.configuration.encryption.certificates))
                        }
                        guard reload else { return }
                        settings.use(await relay.configuration.log)
                        manager.ready()
                    }
                case _ where stopping != nil:
                    // One request to end may arrive as two signals: timeout(1) and terminals signal both the process and its group.
                    if let stopping, .now - stopping < Self.signalEcho { continue }
                    logger.warning("ending at once")
                    StartedPrograms.all.killAll()
                    sink.flush()
                    exit(1)
                default:
                    stopping = .now
                    logger.info("shutting down", metadata: ["signal": "\(signal)"])
                    manager.stopping()
                    tasks.addTask {
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

    /// Reads the file on a thread that may wait for a disk.
    private static func read(_ file: String, knowing certificates: Set<CertificateFiles>) async -> Result<
        RelayConfiguration, ConfigurationError
    > {
        let environment = ConfigurationFile.environment
        let result: Result<RelayConfiguration, ConfigurationError>? = try? await NIOThreadPool.singleton.runIfActive {
            do throws(ConfigurationError) {
                return .success(
                    try RelayConfiguration.load(path: file, environment: environment, isKnownCertificate: certificates.contains))
            } catch {
                return .failure(error)
            }
        }
        return result ?? .failure(ConfigurationError(problems: []))
    }
}
