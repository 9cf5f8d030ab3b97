import ArgumentParser
import RelayConfiguration

/// `mjpeg-relay health`: asks a running relay whether it is alive, for container health checks.
struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Ask the running relay whether it is alive; exit status 0 when it is, else 1.",
        usage: "mjpeg-relay health [-p PORT | -c FILE]",
        discussion: """
            With neither port nor file: asks the relay that runs here, however it was started and whatever its file says by now. \
            Where several run, those of this container and this user, and of them the one with the file that a start would use; \
            where none of them has it, all.
            """
    )

    /// The whole command ends before the timeout of a container's health check (`--timeout=5s`).
    private static let limit = Duration.seconds(4)

    @Option(
        name: [.customShort("p", allowingJoined: true), .long],
        help: ArgumentHelp("Ask /healthz at this port of this machine.", valueName: "port"))
    var port: Int?

    @Option(
        name: [.customShort("c", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Ask the relay that was started with this file; where there is none, /healthz at the file's first address.",
            valueName: "file"))
    var config: String?

    func validate() throws {
        if let config { try ConfigurationFile.validate(config) }
        if port != nil, config != nil { throw ValidationError("give --port or --config, not both") }
        if let port, !(1...65535).contains(port) { throw ValidationError("--port is a number from 1 to 65535") }
    }

    func run() async throws {
        let deadline = ContinuousClock.now + Self.limit
        if let port {
            try await request(.ip(host: "127.0.0.1", port: port), isEncrypted: nil, until: deadline)
        } else if let config {
            try await ask(of: config, until: deadline)
        } else {
            try askNearest(until: deadline)
        }
        Output.say("alive")
    }

    /// Asks the relay that runs here.
    private func askNearest(until deadline: ContinuousClock.Instant) throws {
        let relays = RunningRelay.nearest(of: RunningRelay.all())
        guard !relays.isEmpty else { try fail("no relay runs here; one that runs elsewhere is asked with --port") }
        let file = ConfigurationFile.found.map(ConfigurationFile.absolutePath)
        RunningRelay.ask(relays, until: deadline) { file != nil && $0.file == file }
        let withFile = relays.filter { file != nil && $0.answer?.file == file }
        try judge(withFile.isEmpty ? relays : withFile)
    }

    /// Asks the relay that reads `path`.
    private func ask(of path: String, until deadline: ContinuousClock.Instant) async throws {
        let file = ConfigurationFile.absolutePath(of: path)
        // In another container the same path is another file.
        let relays = RunningRelay.all().filter { $0.nearness <= .sameProcesses }
        // A relay that hangs does not say which file it has read, so time must be left to ask at the file's addresses.
        RunningRelay.ask(relays, until: deadline - Self.limit / 2) { $0.file == file }
        let withFile = relays.filter { $0.answer?.file == file }
        guard withFile.isEmpty else { return try judge(withFile) }
        let (address, isEncrypted) = try firstAddress(in: path)
        try await request(address, isEncrypted: isEncrypted, until: deadline)
    }

    private func firstAddress(in path: String) throws -> (ListenAddress, isEncrypted: Bool) {
        do throws(ConfigurationError) {
            // The user who asks for the health need not be allowed to read the private keys.
            let configuration = try RelayConfiguration.load(
                path: path, environment: ConfigurationFile.environment, isKnownCertificate: { _ in true })
            if let address = configuration.listen.first { return (address, false) }
            return configuration.encryption.listen.first.map { ($0, true) } ?? (.builtIn, false)
        } catch {
            for problem in error.problems { Output.complain("\(problem)") }
            throw ExitCode(1)
        }
    }

    private func judge(_ relays: [RunningRelay]) throws {
        for relay in relays {
            let name = relay.pid.map { "the relay with process id \($0)" } ?? "a relay whose process cannot be seen from here"
            guard let answer = relay.answer else { try fail("\(name) does not answer") }
            guard answer.closed.isEmpty else { try fail("\(name) no longer listens on \(answer.closed.joined(separator: ", "))") }
        }
    }

    /// - Parameter isEncrypted: whether the address is one of https; nil where that is unknown.
    private func request(_ address: ListenAddress, isEncrypted: Bool?, until deadline: ContinuousClock.Instant) async throws {
        if let problem = DescriptorLimit.problem() { try fail(problem) }
        do {
            var status = try await HealthRequest.status(of: address, isEncrypted: isEncrypted ?? false, within: deadline - .now)
            // The answer of an https port to plain requests.
            if status == .badRequest, isEncrypted == nil {
                status = try await HealthRequest.status(of: address, isEncrypted: true, within: deadline - .now)
            }
            guard status == .ok else { try fail("\(address) answers \(status.code)") }
        } catch let error as ExitCode {
            throw error
        } catch {
            try fail("no answer from \(address)")
        }
    }

    private func fail(_ sentence: String) throws -> Never {
        Output.complain(sentence)
        throw ExitCode(1)
    }
}
