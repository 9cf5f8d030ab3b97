import Foundation
import TestSupport

/// Chromium without a window, steered through chromium-driver's HTTP interface (W3C WebDriver).
final class Browser: Sendable {
    private let port: Int
    private let session: String

    /// Starts a browser with further arguments, which trusts the authority of a file; it ends with the bench.
    static func start(
        _ bench: Bench, _ further: String..., trustsAnyCertificate: Bool = false, trusting authority: String? = nil
    ) async throws -> Browser {
        let profile = try bench.folder()
        // Chromium keeps its own files below HOME too.
        if let authority {
            let store = "\(profile)/.pki/nssdb"
            try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: true)
            for arguments in [["-N", "--empty-password"], ["-A", "-n", "test", "-t", "C,,", "-i", authority]] {
                let importing = try bench.program("certutil", ["-d", "sql:\(store)"] + arguments)
                guard try await importing.exitStatus() == 0 else { throw Failure(importing.errors.text) }
            }
        }
        let driver = try bench.program("chromedriver", ["--port=0"], environment: ["HOME": profile])
        let line = try await driver.output.line(with: "started successfully on port")
        guard let port = line.matches(of: /port ([0-9]+)/).last.flatMap({ Int($0.1) }) else { throw Failure(line) }
        let arguments =
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--window-size=800,600",
                "--disable-background-networking", "--user-data-dir=\(profile)/profile",
            ] + further
        struct Session: Decodable { let sessionId: String }
        let wanted: [String: Any] = [
            "acceptInsecureCerts": trustsAnyCertificate,
            "browserName": "chrome", "goog:chromeOptions": ["args": arguments], "goog:loggingPrefs": ["browser": "ALL"],
        ]
        let reply = try await request("POST", "/session", port: port, ["capabilities": ["alwaysMatch": wanted]])
        let browser = Browser(port: port, session: try decode(Session.self, reply).sessionId)
        // Else the browser would stay when its driver ends.
        bench.atEnd { _ = try? await request("DELETE", "/session/\(browser.session)", port: port, nil) }
        return browser
    }

    private init(port: Int, session: String) {
        self.port = port
        self.session = session
    }

    /// Opens a page; returns when it is there, a stream in it aside.
    func open(_ url: String) async throws {
        // An <img> that never ends loading keeps the page's load event waiting.
        _ = try await command("POST", "timeouts", ["pageLoad": 120_000])
        _ = try await command("POST", "url", ["url": url])
    }

    /// Runs a script in the page and returns its value, a number.
    func number(_ script: String) async throws -> Double {
        try Self.decode(Double.self, await command("POST", "execute/sync", ["script": "return \(script)", "args": [String]()]))
    }

    /// Runs a script in the page and returns its value, a text; of a promise, what it becomes.
    func text(_ script: String) async throws -> String {
        try Self.decode(String.self, await command("POST", "execute/sync", ["script": "return \(script)", "args": [String]()]))
    }

    /// Runs a script in the page and returns its value, a truth.
    func isTrue(_ script: String) async throws -> Bool {
        try Self.decode(Bool.self, await command("POST", "execute/sync", ["script": "return Boolean(\(script))", "args": [String]()]))
    }

    /// Gives the window another size.
    func resize(width: Int, height: Int) async throws {
        _ = try await command("POST", "window/rect", ["width": width, "height": height])
    }

    /// What the page's console has told since the last call: errors and warnings, violations of the page's policy among them.
    func complaints() async throws -> [String] {
        struct Entry: Decodable { let level: String, message: String }
        let entries = try Self.decode([Entry].self, await command("POST", "se/log", ["type": "browser"]))
        return entries.filter { $0.level == "SEVERE" || $0.level == "WARNING" }.map(\.message)
    }

    /// What the first element that `selector` finds looks like, as a PNG.
    func screenshot(of selector: String) async throws -> Data {
        let found = try Self.decode(
            [String: String].self, await command("POST", "element", ["using": "css selector", "value": selector]))
        guard let element = found.values.first else { throw Failure("no \(selector) in the page") }
        let text = try Self.decode(String.self, await command("GET", "element/\(element)/screenshot", nil))
        guard let picture = Data(base64Encoded: text) else { throw Failure("a screenshot that is no Base64") }
        return picture
    }

    /// Does what someone at the keyboard or the mouse would do.
    func act(_ devices: [[String: Any]]) async throws { _ = try await command("POST", "actions", ["actions": devices]) }

    /// Runs scripts from elsewhere in the page.
    func load(script: String) async throws { _ = try await command("POST", "execute/sync", ["script": script, "args": [String]()]) }

    /// Sends a command of Chromium's developer tools.
    func devTools(_ command: String, _ parameters: [String: Any]) async throws -> [UInt8] {
        try await self.command("POST", "goog/cdp/execute", ["cmd": command, "params": parameters])
    }

    private func command(_ method: String, _ name: String, _ body: [String: Any]?) async throws -> [UInt8] {
        try await Self.request(method, "/session/\(session)/\(name)", port: port, body)
    }

    private static func request(_ method: String, _ path: String, port: Int, _ body: [String: Any]?) async throws -> [UInt8] {
        let content = try body.map { try JSONSerialization.data(withJSONObject: $0) } ?? Data()
        let connection = try await TestConnection.open(port: port)
        try await connection.send(
            Array("\(method) \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\nContent-Length: \(content.count)\r\n\r\n".utf8) + content)
        let limit = Duration.seconds(60)
        let head = try await connection.take("the driver's answer", within: limit) { bytes, _ in bytes.readHead() }
        let length = head.firstMatch(of: /(?i)\r\ncontent-length: *([0-9]+)\r\n/).flatMap { Int($0.1) } ?? 0
        let body = try await connection.take("the driver's answer", within: limit) { bytes, _ in bytes.readBytes(length: length) }
        await connection.close()
        guard head.hasPrefix("HTTP/1.1 200 ") else {
            throw Failure("\(path) answers: \(String(decoding: body.prefix(500), as: UTF8.self))")
        }
        return body
    }

    private static func decode<T: Decodable>(_ type: T.Type, _ reply: [UInt8]) throws -> T {
        try JSONDecoder().decode(Reply<T>.self, from: Data(reply)).value
    }

    private struct Reply<T: Decodable>: Decodable {
        let value: T
    }

    /// What went wrong between the test and the browser.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ text: String) { description = text }
    }
}
