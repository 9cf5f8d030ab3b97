import Foundation
import Synchronization
import TestSupport

/// Firefox without a window, steered through its own port (Marionette): Debian has no driver for it.
final class Firefox: Sendable {
    private let connection: TestConnection
    private let commands = Mutex(0)

    /// Starts a browser, which trusts the authority of a file; it ends with the bench.
    static func start(_ bench: Bench, trusting authority: String? = nil) async throws -> Firefox {
        let profile = try bench.folder()
        let port = try await FreePort.find()
        let settings: [(name: String, value: String)] = [
            ("marionette.port", "\(port)"), ("browser.shell.checkDefaultBrowser", "false"), ("browser.startup.page", "0"),
            ("datareporting.policy.dataSubmissionEnabled", "false"), ("toolkit.telemetry.reportingpolicy.firstRun", "false"),
            ("app.update.enabled", "false"), ("network.captive-portal-service.enabled", "false"),
            ("network.connectivity-service.enabled", "false"), ("browser.safebrowsing.malware.enabled", "false"),
            ("browser.safebrowsing.phishing.enabled", "false"), ("browser.aboutwelcome.enabled", "false"),
        ]
        try settings.map { "user_pref(\"\($0.name)\", \($0.value));\n" }.joined()
            .write(toFile: "\(profile)/user.js", atomically: true, encoding: .utf8)
        if let authority {
            for arguments in [["-N", "--empty-password"], ["-A", "-n", "test", "-t", "C,,", "-i", authority]] {
                let importing = try bench.program("certutil", ["-d", "sql:\(profile)"] + arguments)
                guard try await importing.exitStatus() == 0 else { throw Browser.Failure(importing.errors.text) }
            }
        }
        let process = try bench.program(
            "firefox-esr", ["--headless", "--no-remote", "--marionette", "--profile", profile, "about:blank"],
            environment: ["HOME": profile, "MOZ_HEADLESS": "1"])
        let connection = try await eventually("Firefox listens: \(process.errors.text)", within: .seconds(60)) {
            try? await TestConnection.open(port: port)
        }
        bench.atEnd { await connection.close() }
        let browser = Firefox(connection)
        _ = try await browser.answer()
        // A page with a stream is never loaded.
        _ = try await browser.command("WebDriver:NewSession", ["pageLoadStrategy": "none"])
        return browser
    }

    private init(_ connection: TestConnection) { self.connection = connection }

    /// Begins to open a page.
    func open(_ url: String) async throws { _ = try await command("WebDriver:Navigate", ["url": url]) }

    /// Runs a script in the page and returns its value, a truth.
    func isTrue(_ script: String) async throws -> Bool {
        let value = try await command("WebDriver:ExecuteScript", ["script": "return Boolean(\(script))", "args": [String]()])
        return (value as? [String: Any])?["value"] as? Bool ?? false
    }

    /// Runs a script in the page and returns its value, a number.
    func number(_ script: String) async throws -> Double {
        let value = try await command("WebDriver:ExecuteScript", ["script": "return \(script)", "args": [String]()])
        return (value as? [String: Any])?["value"] as? Double ?? .nan
    }

    /// Waits until a source's tile on the dashboard paints further pictures.
    func expectMoving(_ name: String) async throws {
        let before = try await number(Browser.frames(name))
        try await eventually("the tile of \(name) moves in Firefox") { try await number(Browser.frames(name)) >= before + 5 }
    }

    private func command(_ name: String, _ parameters: [String: Any]) async throws -> Any {
        let id = commands.withLock { count in
            count += 1
            return count
        }
        let text = try JSONSerialization.data(withJSONObject: [0, id, name, parameters] as [Any])
        try await connection.send(Array("\(text.count):".utf8) + text)
        let answer = try JSONSerialization.jsonObject(with: Data(await answer())) as? [Any] ?? []
        guard answer.count == 4, answer[1] as? Int == id else { throw Browser.Failure("Firefox answers \(name) with \(answer)") }
        guard answer[2] is NSNull else { throw Browser.Failure("\(name): \(answer[2])") }
        return answer[3]
    }

    /// A message: its length, a colon, and so many bytes of JSON.
    private func answer() async throws -> [UInt8] {
        try await connection.take("Firefox's answer", within: .seconds(60)) { bytes, _ in
            guard let colon = bytes.readableBytesView.firstIndex(of: UInt8(ascii: ":")),
                let length = Int(String(decoding: bytes.readableBytesView[..<colon], as: UTF8.self)),
                bytes.readableBytesView.endIndex - colon - 1 >= length
            else { return nil }
            bytes.moveReaderIndex(to: colon + 1)
            return bytes.readBytes(length: length)
        }
    }
}
