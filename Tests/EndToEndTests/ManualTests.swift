import Foundation
import TestSupport
import Testing

/// The manual pages of the Debian package say what the program and the sample say.
@Suite struct ManualTests {
    private static let top = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path

    private func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    /// Whether all of `words` stand in `page`, in this order and with others between them.
    private func firstMissing(_ words: [Substring], in page: [Substring]) -> Substring? {
        var place = page.startIndex
        for word in words {
            guard let found = page[place...].firstIndex(of: word) else { return word }
            place = found + 1
        }
        return nil
    }

    private func page(_ bench: Bench, _ folder: String, _ name: String) async throws -> [Substring] {
        let man = try bench.program(
            "man", ["-P", "cat", "--warnings=all", "-l", "\(folder)/\(name)"], environment: ["MANWIDTH": "2000", "LC_ALL": "C.UTF-8"])
        #expect(try await man.exitStatus() == 0)
        // Lines that must not be broken may well be long.
        let complaints = man.errors.lines.filter { !$0.contains("cannot break line") && !$0.contains("cannot adjust line") }
        #expect(complaints == [])
        return words(man.output.text)
    }

    @Test func pagesSayWhatProgramAndSampleSay() async throws {
        try await withBench { bench in
            let folder = try bench.folder()
            let maker = try bench.program("\(Self.top)/Examples/deb/manuals", [RelayProcess.binary, "\(Self.top)/relay.yaml", folder])
            #expect(try await maker.exitStatus() == 0, "\(maker.errors.text)")

            let program = try await page(bench, folder, "mjpeg-relay.1")
            for command in [[], ["probe"], ["health"], ["hash"], ["link"]] {
                let help = try bench.program(RelayProcess.binary, command + ["--help"])
                #expect(try await help.exitStatus() == 0)
                let known = Set(program)
                // The help's own headings, and the form of its table.
                let own: Set<Substring> = [
                    "OVERVIEW:", "USAGE:", "ARGUMENTS:", "OPTIONS:", "SUBCOMMANDS:", "See", "'mjpeg-relay", "help", "<subcommand>'", "for",
                    "detailed",
                    "help.",
                ]
                let missing = words(help.output.text).filter { !known.contains($0) && !own.contains($0) }
                // Usage lines of subcommands stand in their help alone.
                let usage = Set(help.output.lines.filter { $0.hasPrefix("USAGE:") }.flatMap { words($0) })
                #expect(missing.filter { !usage.contains($0) } == [], "of \(command)")
            }

            let sample = try String(contentsOfFile: "\(Self.top)/relay.yaml", encoding: .utf8)
            let plain = sample.split(separator: "\n").map { line in
                let text = line.drop { $0 == " " }
                return text.hasPrefix("# ") ? String(text.dropFirst(2)) : text == "#" ? "" : String(text)
            }
            let manual = try await page(bench, folder, "relay.yaml.5")
            #expect(firstMissing(words(plain.joined(separator: "\n")), in: manual) == nil)
            // The comparison sees what is missing.
            #expect(firstMissing(["listen:", "nonsense:"], in: manual) == "nonsense:")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completionsAreWritten(_ shell: String) async throws {
        try await withBench { bench in
            let program = try bench.program(RelayProcess.binary, ["--generate-completion-script", shell])
            #expect(try await program.exitStatus() == 0)
            for word in ["probe", "health", "config", "check"] { #expect(program.output.text.contains(word)) }
        }
    }
}
