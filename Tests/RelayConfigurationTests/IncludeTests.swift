import Foundation
import RelayConfiguration
import Testing

/// `include`: files with further sources.
@Suite final class IncludeTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("relay-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/sources.d", withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
    }

    /// What is read of the file with this text; `environment` is small.
    private func load(_ text: String, environment: [String: String] = [:]) throws(ConfigurationError) -> RelayConfiguration {
        do { try write(text, to: "relay.yaml") } catch { Issue.record(error) }
        return try RelayConfiguration.load(path: "\(folder)/relay.yaml", environment: environment)
    }

    /// What is wrong, with names of files as seen from the folder.
    private func wrong(_ text: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try load(text)
            return []
        } catch {
            return error.problems.map { $0.description.replacingOccurrences(of: folder + "/", with: "") }
        }
    }

    @Test func sourcesOfAllFilesAreRead() throws {
        try write("sources: {b: file:clip, c: 'http://${HOST}/'}", to: "sources.d/20-b.yaml")
        try write("# a comment\nsources:\n  a: {url: http://a/, port: 4000}\n", to: "sources.d/10-a.yaml")
        try write("", to: "sources.d/30-empty.yaml")
        try write("sources: {}\n", to: "sources.d/40-none.yaml")
        for name in ["20-b.yaml~", ".hidden.yaml", "10-a.yaml.dpkg-new", "README"] { try write("nonsense: [", to: "sources.d/\(name)") }
        let text = "include: sources.d/*.yaml\ndefaults: {max_fps: 5}\nsources: {main: http://m/}\n"
        let all = try load(text, environment: ["HOST": "h"])
        #expect(all.sources.map(\.name) == ["main", "a", "b", "c"])
        #expect(all.sources.map(\.maxFPS) == [5, 5, 5, 5])
        #expect(all.sources[2].upstream == .file(path: "\(folder)/sources.d/clip"))
        #expect(all.sources[1].port == 4000)
    }

    @Test func theFileItselfNeedsNoSourceThen() throws {
        #expect(try load("include: sources.d/*.yaml\n").sources.isEmpty)
        try write("sources: {a: http://a/}", to: "one.yml")
        #expect(try load("include: [one.yml, sources.d/*.yaml, one.yml]\n").sources.map(\.name) == ["a"])
        #expect(try load("include: \(folder)/o?e.y[mn]l\nsources: {b: http://b/}\n").sources.map(\.name) == ["b", "a"])
    }

    @Test func mistakesAreNamedWithFileLineAndColumn() throws {
        try write("sources:\n  a: {url: http://a/, prot: 1}\n  status: http://b/\n", to: "sources.d/1.yaml")
        try write("sources: [\n", to: "sources.d/2.yaml")
        try write("listen: 0.0.0.0:80\nsources: {e: nothing}\nusers: {}\n", to: "sources.d/3.yaml")
        try write("- a", to: "sources.d/4.yaml")
        let problems = wrong("include: sources.d/*.yaml\nsources: {main: http://m/, x: y}\n")
        #expect(
            problems.map { $0.prefix { $0 != " " } } == [
                "relay.yaml:2:31:", "sources.d/1.yaml:2:23:", "sources.d/1.yaml:3:3:", "sources.d/2.yaml:2:1:", "sources.d/3.yaml:1:1:",
                "sources.d/3.yaml:2:14:", "sources.d/3.yaml:3:1:", "sources.d/4.yaml:1:1:",
            ], "\(problems)")
        #expect(problems.contains("sources.d/1.yaml:2:23: unknown key 'prot' in source 'a'; did you mean 'port'?"))
        #expect(
            problems.contains("sources.d/3.yaml:1:1: unknown key 'listen' in an included file; it belongs at the top of the file"))
    }

    @Test func whatIsThereTwiceIsToldWithBothPlaces() throws {
        try write("sources: {a: {url: http://a/, port: 5001}}", to: "sources.d/1.yaml")
        try write("sources:\n  a: http://b/\n  b: {url: http://b/, port: 5001}\n  main: http://c/\n", to: "sources.d/2.yaml")
        #expect(
            wrong("sources:\n  main: {url: http://m/, port: 5002}\ninclude: sources.d/*.yaml\n") == [
                "sources.d/2.yaml:2:3: source 'a' is already at line 1 of sources.d/1.yaml",
                "sources.d/2.yaml:3:29: this port is already taken by source 'a' at line 1 of sources.d/1.yaml",
                "sources.d/2.yaml:4:3: source 'main' is already at line 2 of the file that includes this one",
            ])
    }

    @Test func programsNeedAPermissionOfTheirOwn() throws {
        try write("sources: {ok: http://a/, a: {exec: [true]}}", to: "sources.d/1.yaml")
        let sentence = "sources.d/1.yaml:1:30: 'exec' in source 'a' is in an included file; it needs 'include_exec: true'"
        #expect(wrong("include: sources.d/*.yaml") == [sentence])
        #expect(wrong("include: sources.d/*.yaml\ninclude_exec: false\nsources: {m: {exec: [true]}}") == [sentence])
        #expect(try load("include: sources.d/*.yaml\ninclude_exec: true").sources.count == 2)
        // It cannot be had from inside.
        try write("include_exec: true\nsources: {a: {exec: [true]}}", to: "sources.d/1.yaml")
        #expect(wrong("include: sources.d/*.yaml").count == 2)
    }

    @Test func usersAndReceiversMayBeNamedAcrossFiles() throws {
        try write("sources: {a: {url: http://a/, viewers: [anna, berta]}}", to: "sources.d/1.yaml")
        let users = "users: {anna: {password: longenough}}\n"
        #expect(
            wrong("include: sources.d/*.yaml\n\(users)notify: {exec: [x], sources: [a, b]}\n") == [
                "relay.yaml:3:34: 'sources' in 'notify' names 'b', which is not in 'sources'",
                "sources.d/1.yaml:1:40: 'viewers' in source 'a' names 'berta', who is not in 'users'",
            ])
    }

    @Test func filesAndFoldersThatAreNotThereAreTold() throws {
        #expect(wrong("include: none.yaml") == ["relay.yaml:1:10: 'include': there is no such file"])
        #expect(wrong("include: nowhere/*.yaml") == ["relay.yaml:1:10: 'include': there is no such folder"])
        #expect(wrong("include: '*/x.yaml'") == ["relay.yaml:1:10: 'include': there is no such file"])
        #expect(wrong("include: 's*/*.yaml'") == ["relay.yaml:1:10: 'include': only the last part of the path may hold *, ? or ["])
        #expect(wrong("include: sources.d") == ["relay.yaml:1:10: 'include': this is a directory, not a file"])
        #expect(wrong("include:").first?.hasPrefix("relay.yaml:1:9: 'include' has no value") == true)
        #expect(wrong("include: {a: b}").first?.contains("'include' must be the path of a file") == true)
        #expect(mkfifo("\(folder)/sources.d/pipe.yaml", 0o600) == 0)
        #expect(wrong("include: sources.d/*.yaml") == ["sources.d/pipe.yaml: this is not a regular file"])
    }

    @Test func noProblemRepeatsALogin() throws {
        try write("sources: {a: 'http://u:hunter2@h:x/', b: {url: 'rtsp://u:hunter2@h/'}, 'hunter2:x@': y}", to: "sources.d/1.yaml")
        let problems = wrong("include: sources.d/*.yaml")
        #expect(problems.count == 4 && !problems.joined().contains("hunter2"), "\(problems)")
    }
}
