import Foundation
import Testing

/// Flags, exit statuses and what is printed.
@Suite struct CommandLineTests {
    /// Runs the relay to its end.
    private static func run(
        _ bench: Bench, _ arguments: [String], folder: String? = nil, environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        let folder = try folder ?? bench.folder()
        let process = try ChildProcess(RelayProcess.binary, arguments, folder: folder, environment: environment)
        bench.atEnd { process.end() }
        let status = try await process.exitStatus()
        return (status, process.output.text, process.errors.text)
    }

    @Test(arguments: [["--help"], ["-h"], ["help"]]) func helpShowsAllFlagsAndSubcommands(arguments: [String]) async throws {
        try await withBench { bench in
            let result = try await Self.run(bench, arguments)
            #expect(result.status == 0)
            for word in [
                "-p, --port", "-w, --ws-port", "-c, --config", "--check", "-q, --quiet", "-d, --debug", "--version", "--help", "health",
                "54321",
            ] { #expect(result.output.contains(word), "no \(word)") }
        }
    }

    @Test(arguments: [["health", "--help"], ["help", "health"]]) func helpOfHealthShowsItsFlags(arguments: [String]) async throws {
        try await withBench { bench in
            let result = try await Self.run(bench, arguments)
            #expect(result.status == 0)
            for word in ["--port", "--config"] { #expect(result.output.contains(word)) }
        }
    }

    /// What a file says is repeated as far as it helps.
    @Test func longProblemIsCutInTheMiddle() async throws {
        try await withBench { bench in
            let name = String(repeating: "V", count: 100_000)
            let file = try bench.file(named: "relay.yaml", text: "sources: {a: \"http://${\(name)}/\", b: \"http://127.0.0.1:9/\", c: 1}\n")
            for arguments in [["--check", "-c", file], ["-c", file], ["health", "-c", file]] {
                let result = try await Self.run(bench, arguments)
                #expect(result.status == 1)
                let lines = result.errors.split(separator: "\n")
                #expect(lines.count == 2 && lines.allSatisfy { $0.utf8.count < 2200 })
                #expect(result.errors.contains(":1:22: ") && result.errors.contains(" bytes more) … "), "\(result.errors.prefix(300))")
            }
        }
    }

    @Test func versionIsPrinted() async throws {
        try await withBench { bench in
            let result = try await Self.run(bench, ["--version"])
            #expect(result.status == 0)
            #expect(result.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
        }
    }

    @Test(arguments: [
        ["--frobnicate", "http://127.0.0.1:1/"], ["-x"], ["-p"], ["-p", "many", "http://127.0.0.1:1/"],
        ["-p", "65536", "http://127.0.0.1:1/"], ["-p", "-1", "http://127.0.0.1:1/"], ["-q", "-d", "http://127.0.0.1:1/"],
        ["http://127.0.0.1:1/", "http://127.0.0.1:2/"], ["-c", "relay.yaml", "http://127.0.0.1:1/"], ["-c", "relay.yaml", "-p", "1"],
        ["-c", "relay.yaml", "-w", "1"], ["health", "--frobnicate"], ["health", "-p", "1", "-c", "relay.yaml"],
    ])
    func wrongUseIsExplainedAndEndsWith64(arguments: [String]) async throws {
        try await withBench { bench in
            let result = try await Self.run(bench, arguments)
            #expect(result.status == 64)
            #expect(result.errors.contains("Usage: mjpeg-relay"))
            #expect(result.output.isEmpty)
        }
    }

    /// Where the machine has a configuration of its own, there is something to start.
    @Test(.disabled(if: FileManager.default.fileExists(atPath: "/etc/mjpeg-relay/relay.yaml")), arguments: [[], ["-d"], ["--check"]])
    func withNeitherURLNorFileTheUsageIsShown(arguments: [String]) async throws {
        try await withBench { bench in
            let result = try await Self.run(bench, arguments)
            #expect(result.status == 64)
            #expect(result.errors.contains("USAGE: mjpeg-relay"))
            #expect(result.errors.contains("--config"))
        }
    }

    @Test(arguments: ["joined", "both joined", "after the URL", "long", "long with sign", "all long"])
    func portIsTakenInEveryForm(_ form: String) async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let port = try await FreePort.find()
            let url = camera.url
            let arguments =
                switch form {
                case "joined": ["-p\(port)", url]
                case "both joined": ["-w0", "-p\(port)", url]
                case "after the URL": [url, "-p", "\(port)", "-d"]
                case "long": ["--port", "\(port)", url]
                case "long with sign": ["--port=\(port)", url]
                default: ["--debug", "--port", "\(port)", "--ws-port", "0", url]
                }
            let relay = try bench.relay(arguments)
            #expect(try await relay.port() == port)
            #expect(try await bench.get("/healthz", from: relay).status == 200)
            _ = try await camera.connection()
        }
    }

    @Test func quietSilencesInfoAndDebugShowsMore() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            await camera.goAway()
            let normal = try bench.relay("-p", "0", camera.url)
            let talkative = try bench.relay("--debug", "-p", "0", camera.url)
            let quiet = try bench.relay("--quiet", "-p", "0", camera.url)
            for relay in [normal, talkative, quiet] { _ = try await relay.log.line(with: "warning", "refused") }
            _ = try await talkative.log.line(with: "debug")
            for relay in [normal, talkative, quiet] {
                relay.send(SIGTERM)
                #expect(try await relay.exitStatus() == 0)
            }
            #expect(normal.log.text.contains(" info "))
            #expect(!normal.log.text.contains(" debug "))
            #expect(talkative.log.text.contains(" info "))
            #expect(quiet.log.lines.allSatisfy { $0.contains(" warning ") })
        }
    }

    @Test func portThatIsTakenIsOneLineAndExitStatus1() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let first = try bench.relay("-p", "0", camera.url)
            let port = try await first.port()
            let result = try await Self.run(bench, ["-p", "\(port)", camera.url])
            #expect(result.status == 1)
            #expect(result.errors.split(separator: "\n").count == 1)
            #expect(result.errors.contains("cannot listen on [::]:\(port)"))
            #expect(result.errors.contains("in use"))
            #expect(try await bench.get("/healthz", from: first).status == 200)
        }
    }

    @Test(arguments: [
        "http://viewer:geheim@/video", "ftp://viewer:geheim@127.0.0.1/", "http://viewer:geheim@127.0.0.1:99999/", "viewer:geheim@host",
    ])
    func badURLIsOneLineWithoutTheLogin(url: String) async throws {
        try await withBench { bench in
            let result = try await Self.run(bench, ["-p", "0", url])
            #expect(result.status == 1)
            #expect(result.errors.split(separator: "\n").count == 1)
            #expect(!(result.errors + result.output).contains("geheim"))
        }
    }
}
