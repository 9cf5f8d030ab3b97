import Foundation
import RelayConfiguration
import Testing

/// Real files and what is there in place of one.
@Suite final class LoadTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("relay-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
        return "\(folder)/\(name)"
    }

    private func problem(_ path: String) -> String? {
        do throws(ConfigurationError) {
            _ = try RelayConfiguration.load(path: path, environment: [:])
            return nil
        } catch {
            return error.description
        }
    }

    @Test func relativePathsStartAtTheFilesFolder() throws {
        let path = try write("sources: {a: file:clip, b: file:/clip}\nlisten: [unix:s]", to: "relay.yaml")
        let configuration = try RelayConfiguration.load(path: path, environment: [:])
        #expect(configuration.sources.map(\.upstream) == [.file(path: "\(folder)/clip"), .file(path: "/clip")])
        #expect(configuration.listen == [.unix(path: "\(folder)/s")])
    }

    @Test func environmentIsHandedOn() throws {
        let path = try write("sources: {a: 'http://${HOST}/'}", to: "relay.yaml")
        let configuration = try RelayConfiguration.load(path: path, environment: ["HOST": "h"])
        #expect(configuration.sources.count == 1)
    }

    @Test func symbolicLinksAreFollowedAndKeepTheirOwnFolder() throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/data", withIntermediateDirectories: true)
        _ = try write("sources: {a: file:clip}", to: "data/real.yaml")
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/relay.yaml", withDestinationPath: "data/real.yaml")
        let configuration = try RelayConfiguration.load(path: "\(folder)/relay.yaml", environment: [:])
        #expect(configuration.sources.map(\.upstream) == [.file(path: "\(folder)/clip")])
    }

    @Test func problemsNameTheFileAsItWasNamed() throws {
        let path = try write("sources: {a: nothing}", to: "relay.yaml")
        #expect(problem(path) == "\(path):1:14: source 'a': a camera's URL begins with http:// (or file: for a file)")
    }

    @Test func missingFile() {
        #expect(problem("\(folder)/relay.yaml") == "\(folder)/relay.yaml: there is no such file")
        #expect(problem("") == ": there is no such file")
    }

    @Test func directory() {
        #expect(problem(folder) == "\(folder): this is a directory, not a file")
    }

    /// Nobody writes to the pipe, so that a careless open would wait for ever.
    @Test(.timeLimit(.minutes(1))) func namedPipe() {
        let path = "\(folder)/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(problem(path) == "\(path): this is not a regular file")
    }

    @Test func device() {
        #expect(problem("/dev/zero") == "/dev/zero: this is not a regular file")
    }

    @Test func linkToItself() throws {
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/loop", withDestinationPath: "loop")
        #expect(problem("\(folder)/loop") == "\(folder)/loop: cannot be read: Too many levels of symbolic links")
    }

    @Test(.enabled(if: geteuid() != 0, "root may read every file")) func unreadableFile() throws {
        let path = try write("sources: {}", to: "relay.yaml")
        #expect(chmod(path, 0) == 0)
        #expect(problem(path) == "\(path): permission denied")
    }

    @Test func emptyAndTooLargeFiles() throws {
        let empty = try write("", to: "empty")
        #expect(problem(empty) == "\(empty): the file is empty; it needs at least 'sources', the mapping of names to cameras")
        let large = try write(String(repeating: "#", count: 2 << 20), to: "large")
        #expect(problem(large) == "\(large): the file is larger than 1024 KiB")
    }
}
