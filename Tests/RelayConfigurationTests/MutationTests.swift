import RelayConfiguration
import TestSupport
import Testing

@Suite struct MutationTests {
    private static let good = """
        listen: ["[::]:54321", 127.0.0.1:8080, unix:relay.sock]
        sources:
          front: http://192.0.2.10/video
          yard: &yard
            url: "http://user:${PASS:-x}@192.0.2.11:8080/?action=stream"
            port: 54330
            headers: {X-Key: 'abc', Accept: "*/*"}
            reconnect_max: &long 1m
          clip: {url: file:clip.mjpeg, fps: 12.5}
          twin: {url: http://h/, stall_timeout: *long}
        defaults:
          max_frame_size: 64KiB
          connect_timeout: ${WAIT}
        drain_timeout: 5s
        log: {level: debug, format: json, viewers: true}

        """

    private static let pieces: [[UInt8]] =
        [
            "\t", "\n", "  ", "- ", ": ", "? ", "[", "]", "{", "}", "&a ", "*a", "*yard", "*long", "<<: ", "!", "!!int ", "|", ">", "#",
            "'",
            "\"", "\\", "%", "---\n", "...\n", "${", "$${", "}", "\0", "\u{FEFF}", "ü", "\u{2028}", "0", "99999999999999999999", "ms", "~",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    /// Whatever comes of a file, it is a value or a list of problems that lie in the file, and never the secret.
    @Test(arguments: 0..<5)
    func anyMutationGivesAValueOrProblems(seed: Int) throws {
        let environment = ["WAIT": "2s", "PASS": "secret"]
        var generator = SeededRandom(seed: UInt64(seed))
        let good = Array(Self.good.utf8)
        #expect(problems(good, environment: environment) == [])
        var accepted = 0
        var refused = 0
        for _ in 0..<1000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let start = Int.random(in: 0..<bytes.count, using: &generator)
                let end = min(bytes.count, start + Int.random(in: 0...8, using: &generator))
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes.removeSubrange(start..<end)
                case 1: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &generator))
                case 2: bytes.replaceSubrange(start..<end, with: Self.pieces.randomElement(using: &generator) ?? [])
                default: bytes.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? [], at: start)
                }
                if bytes.isEmpty { bytes = good }
            }
            do throws(ConfigurationError) {
                _ = try RelayConfiguration.parse(bytes, file: "relay.yaml", folder: "", environment: environment)
                accepted += 1
            } catch {
                refused += 1
                let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
                let isInFile = error.problems.allSatisfy { ($0.line ?? 1) <= lines + 1 && ($0.column ?? 1) <= bytes.count + 1 }
                let isOneLineEach = error.problems.allSatisfy { !$0.message.utf8.contains { $0 < 0x20 } }
                if error.problems.isEmpty || !isInFile || !isOneLineEach || error.description.contains("secret") {
                    Issue.record("\(error) for \(String(decoding: bytes, as: UTF8.self))")
                }
            }
        }
        // Neither outcome is so rare that the other alone was tested.
        #expect(accepted > 20 && refused > 20)
    }
}
