import Glibc

/// Runs the scenarios against the relay and the floor in turn, and prints the tables.
///
/// Options: `--relay PATH` (the release build of this folder), `--runs N` (5), `--seconds S` (4) per run, `--only WORD` for the
/// scenarios whose name begins with it.
struct Conductor {
    private struct Scenario {
        let name: String
        var cameras = 1
        var fps = 30.0
        var size = 50_000
        var viewers = 100
        /// How many of the viewers read a quarter of the stream.
        var slow = 0
    }

    private static let scenarios = [
        Scenario(name: "fan-out to 100", viewers: 100),
        Scenario(name: "fan-out to 500", viewers: 500),
        Scenario(name: "fan-out to 1000", viewers: 1000),
        Scenario(name: "50 cameras × 4", cameras: 50, fps: 10, size: 30_000, viewers: 200),
        Scenario(name: "slow viewers", viewers: 20, slow: 10),
    ]

    private let relay: String
    private let runs: Int
    private let seconds: Double
    private let only: String
    private let program: String
    private let cameraPort = 54871
    private let floorPort = 54872
    private let relayPort = 54873

    init(_ options: Options) throws(Problem) {
        relay = options.text("relay") ?? ".build/release/mjpeg-relay"
        runs = max(1, try options.integer("runs", default: 5))
        seconds = max(1, try options.number("seconds", default: 4))
        only = options.text("only") ?? ""
        var path = [CChar](repeating: 0, count: 4096)
        guard readlink("/proc/self/exe", &path, path.count - 1) > 0 else { throw Problem(system: "/proc/self/exe") }
        program = String(decoding: path.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard access(relay, X_OK) == 0 else {
            throw Problem("no relay at \(relay); build it with 'swift build -c release', or name it with --relay")
        }
    }

    func run() throws(Problem) {
        print("Machine: \(Machine.description)")
        print("\(runs) runs of \(Int(seconds)) s each, relay and floor in turn; medians.\n")
        print("| scenario | | CPU s per GB | frames | skipped | broken | age p50 ms | age p99 ms | first ms | memory KiB |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for scenario in Self.scenarios where scenario.name.hasPrefix(only) { try run(scenario) }
    }

    private func run(_ scenario: Scenario) throws(Problem) {
        let camera = try ChildProcess([
            program, "camera", "--port", "\(cameraPort)", "--fps", "\(scenario.fps)", "--size", "\(scenario.size)",
            "--cameras", "\(scenario.cameras)",
        ])
        defer { camera.end() }
        usleep(300_000)
        let floor = try ChildProcess([
            program, "floor", "--port", "\(floorPort)", "--camera-port", "\(cameraPort)", "--cameras", "\(scenario.cameras)",
        ])
        defer { floor.end() }
        let configuration = try writeConfiguration(scenario)
        defer { unlink(configuration) }
        let relay = try ChildProcess([self.relay, "-q", "--config", configuration])
        defer { relay.end() }
        // Both have connected by then, and the relay has freed what its start took.
        usleep(1_500_000)
        let idle = Memory.anonymousKilobytes(of: relay.process) ?? 0
        var results: (relay: [Result], floor: [Result]) = ([], [])
        for _ in 0..<runs {
            results.floor.append(try measure(scenario, port: floorPort, process: floor.process))
            results.relay.append(try measure(scenario, port: relayPort, process: relay.process))
        }
        show(scenario, "floor", results.floor)
        show(scenario, "relay", results.relay, idle: idle)
        let ratios = zip(results.relay, results.floor).map { $0.cpuPerGB / $1.cpuPerGB }
        print("| | **ratio** | **\(shown(median(ratios)))** | | | | | | | |")
    }

    private func measure(_ scenario: Scenario, port: Int, process: pid_t) throws(Problem) -> Result {
        let viewers = try ChildProcess(
            [
                program, "viewers", "--port", "\(port)", "--count", "\(scenario.viewers)", "--cameras", "\(scenario.cameras)",
                "--seconds", "\(seconds)", "--watch", "\(process)", "--slow", "\(scenario.slow)",
                "--rate", "\(Double(scenario.size) * scenario.fps / 4)",
            ], readsOutput: true)
        let output = viewers.outputAtEnd()
        guard let result = Result(output) else { throw Problem("the viewers gave up: \(output)") }
        return result
    }

    private func show(_ scenario: Scenario, _ who: String, _ results: [Result], idle: Int? = nil) {
        func column(_ name: String) -> String { shown(median(results.map { $0[name] })) }
        let memory = idle.map { idle in
            let grown = median(results.map { $0["memory"] }) - Double(idle)
            return "\(idle) idle, \(shown(grown / Double(scenario.viewers))) a viewer"
        }
        print(
            "| \(scenario.name) | \(who) | \(shown(median(results.map(\.cpuPerGB)))) | \(column("frames")) | \(column("skipped")) |"
                + " \(column("broken")) | \(column("p50")) | \(column("p99")) | \(column("first")) | \(memory ?? "") |")
        guard scenario.slow > 0 else { return }
        print(
            "| … of these, slow | \(who) | | \(column("slow_frames")) | \(column("slow_skipped")) | \(column("slow_broken")) |"
                + " \(column("slow_p50")) | \(column("slow_p99")) | \(column("slow_first")) | |")
    }

    private func writeConfiguration(_ scenario: Scenario) throws(Problem) -> String {
        let path = "/tmp/mjpeg-relay-performance-\(getpid()).yaml"
        guard let file = fopen(path, "w") else { throw Problem(system: path) }
        defer { fclose(file) }
        var text = "listen: 127.0.0.1:\(relayPort)\nsources:\n"
        for index in 0..<scenario.cameras { text += "  cam\(index): http://127.0.0.1:\(cameraPort)/cam\(index)\n" }
        fputs(text, file)
        return path
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// A number with three digits that count.
    private func shown(_ value: Double) -> String {
        let decimals = abs(value) >= 100 || value == value.rounded() ? 0 : abs(value) >= 10 ? 1 : 2
        let factor = [1.0, 10, 100][decimals]
        let rounded = (value * factor).rounded() / factor
        return decimals == 0 ? "\(Int(rounded))" : "\(rounded)"
    }
}
