import CameraURL

/// The lines of relay.yaml for a camera; they never hold a password.
enum ProbeYAML {
    /// A source named `camera`, with further keys.
    static func lines(for url: CameraURL, keys: [String]) -> String {
        let address = "\(url.scheme)://\(url.bracketedHost)" + (url.port == url.scheme.defaultPort ? "" : ":\(url.port)") + url.target
        var lines = ["sources:", "  camera:", "    url: \(quoted(address))"]
        if let login = url.login {
            lines.append("    username: \(quoted(login.user))")
            if !login.password.isEmpty { lines.append("    password: ${CAMERA_PASSWORD}") }
        }
        lines += keys.map { "    \($0)" }
        return lines.joined(separator: "\n")
    }

    /// A text quoted for YAML, with nothing in it that looks like a variable.
    private static func quoted(_ text: String) -> String {
        var result = "'"
        var isBehindDollar = false
        for scalar in text.unicodeScalars {
            if scalar == "{", isBehindDollar { result += "$" }
            isBehindDollar = scalar == "$"
            result += scalar == "'" ? "''" : String(Character(scalar))
        }
        return result + "'"
    }
}
