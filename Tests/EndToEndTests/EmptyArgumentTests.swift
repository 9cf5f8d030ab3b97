import Foundation
import TestSupport
import Testing

/// Arguments that are empty, as those of a script whose variables are not set: each is named.
@Suite struct EmptyArgumentTests {
    @Test(arguments: [
        (["--config", ""], "--config is empty"), (["-c", ""], "--config is empty"), (["-c", " "], "--config is empty"),
        (["--config="], "--config is empty"), (["--config=", "http://viewer:geheim@h/"], "--config is empty"),
        (["--check", "-c", ""], "--config is empty"), (["-p", "", "http://h/"], "'-p <port>'"),
        (["--port", "", "http://h/"], "'--port <port>'"), (["--port=", "http://viewer:geheim@h/"], "--port is empty"),
        (["-w", "", "http://h/"], "'-w <port>'"), (["--ws-port=", "http://h/"], "--ws-port is empty"),
        (["-T", "", "http://h/"], "'-T <seconds>'"), (["--linger=", "http://h/"], "--linger is empty"), ([""], "the URL is empty"),
        (["-p", "0", ""], "the URL is empty"), (["  "], "the URL is empty"), (["probe", ""], "the camera's address is empty"),
        (["health", "-c", ""], "--config is empty"), (["health", "--config="], "--config is empty"), (["health", "-p", ""], "'-p <port>'"),
        (["health", "--port=", "1"], "--port is empty"), (["-c"], "'-c'"), (["-p"], "'-p'"),
        // A file's place is no place for a login either.
        (["-c", "http://viewer:geheim@h/"], "--config needs the path of a file"),
        (["health", "--config", "http://viewer:geheim@h/"], "--config needs the path of a file"),
    ])
    func emptyArgumentIsNamed(arguments: [String], sentence: String) async throws {
        try await withBench { bench in
            let relay = try bench.relay(arguments, folder: bench.folder())
            #expect(try await relay.exitStatus() == 64)
            #expect(relay.log.lines.first?.contains(sentence) == true, "\(relay.log.text)")
            #expect(relay.output.text.isEmpty)
            #expect(!relay.log.text.contains("geheim"))
        }
    }
}
