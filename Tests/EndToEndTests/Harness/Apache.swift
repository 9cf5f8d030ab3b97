import Foundation
import TestSupport

/// Debian's Apache in front of a relay, with the snippet in Examples/ and a login: `viewer`, `s3cret`.
enum Apache {
    static let login = "viewer:s3cret"

    /// Starts it on a port of 127.0.0.1; returns when it asks for the login. `snippet` may change the snippet's text.
    static func start(
        _ bench: Bench, port: Int, relayPort: Int, snippet change: (String) -> String = { $0 }
    ) async throws {
        let folder = try bench.folder()
        let users = try bench.program("openssl", ["passwd", "-apr1", "-salt", "abcdefgh", "s3cret"])
        let hash = try await users.output.line(with: "$apr1$")
        try "viewer:\(hash)\n".write(toFile: "\(folder)/users", atomically: true, encoding: .utf8)
        // Its workers, who are not root, read the file of names.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
        let example = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Examples/apache.conf").standardized
        let snippet = change(try String(contentsOf: example, encoding: .utf8))
            .replacingOccurrences(of: "54321", with: "\(relayPort)")
            .replacingOccurrences(of: "/etc/apache2/cams.htpasswd", with: "\(folder)/users")
        let modules = [
            "mpm_event", "alias", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "proxy", "proxy_http",
        ]
        let text = """
            ServerRoot "\(folder)"
            ServerName cams.example
            Listen 127.0.0.1:\(port)
            PidFile "\(folder)/pid"
            DefaultRuntimeDir "\(folder)"
            ErrorLog "\(folder)/log"
            User www-data
            Group www-data
            \(modules.map { "LoadModule \($0)_module /usr/lib/apache2/modules/mod_\($0).so" }.joined(separator: "\n"))
            \(snippet)

            """
        _ = try bench.program("/usr/sbin/apache2", ["-f", bench.file(named: "apache.conf", text: text), "-DFOREGROUND"])
        try await eventually("Apache asks for the login") {
            let asked = try bench.program(
                "curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(port)/cams/healthz"])
            return try await asked.exitStatus() == 0 && asked.output.text == "401"
        }
    }
}
