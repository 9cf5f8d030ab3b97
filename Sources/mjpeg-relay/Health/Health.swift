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

    /// All of it together is over before a container's health check is (`--timeout=5s`).
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
            try await request(.ip(host: "127.0.0.1", port: port), until: deadline)
        } else if let config {
            try await ask(of: config, until: deadline)
        } else {
            try askNearest(until: deadline)
        }
        Output.say("alive")
    }

    /// Asks what runs here.
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
        // The same path is another file in another container.
        let relays = RunningRelay.all().filter { $0.nearness <= .sameProcesses }
        // One that hangs does not say which file it has, so there must be time left for its address.
        RunningRelay.ask(relays, until: deadline - Self.limit / 2) { $0.file == file }
        let withFile = relays.filter { $0.answer?.file == file }
        guard withFile.isEmpty else { return try judge(withFile) }
        try await request(try firstAddress(in: path), until: deadline)
    }

    private func firstAddress(in path: String) throws -> ListenAddress {
        do throws(ConfigurationError) {
            return try RelayConfiguration.load(path: path, environment: ConfigurationFile.environment).listen.first ?? .builtIn
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

    private func request(_ address: ListenAddress, until deadline: ContinuousClock.Instant) async throws {
        if let problem = DescriptorLimit.problem() { try fail(problem) }
        do {
            let status = try await HealthRequest.status(of: address, within: deadline - .now)
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
