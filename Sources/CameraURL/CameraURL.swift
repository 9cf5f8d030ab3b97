/// The address of a camera over HTTP: where to connect, what to ask for, and with which login.
///
/// Parsing is lenient where people and cameras are (a bare `%` or `@` in a password, blanks in a query) and strict where a
/// mistake would reach the wire: no control characters, a host that can be a host, a port from 1 to 65535.
/// `description` never shows the password or the query; only ``login`` and ``target`` hold them.
package struct CameraURL: Hashable, Sendable {
    /// How bytes reach the camera.
    package enum Scheme: String, Hashable, Sendable {
        case http
        case https

        /// The port that is meant where the address names none.
        package var defaultPort: Int { self == .http ? 80 : 443 }
    }

    /// A user's name and password, decoded. Its description hides the password.
    package struct Login: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        package var user: String
        package var password: String

        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }

        package var description: String { "\(user):***" }
        package var debugDescription: String { description }
        package var customMirror: Mirror { Mirror(self, children: []) }
    }

    package var scheme: Scheme
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    package var host: String
    package var port: Int
    /// The request target: path and query, percent-encoded where needed; begins with `/`, holds no blank or control character.
    package var target: String
    package var login: Login?

    package init(scheme: Scheme, host: String, port: Int, target: String, login: Login? = nil) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.target = target
        self.login = login
    }

    /// The value of the `Host` field: the port is left out where it is the scheme's own, and so is an IPv6 zone, which means
    /// nothing to the camera (RFC 6874, 4).
    package var hostField: String {
        let name = host.contains(":") ? "[\(host.prefix { $0 != "%" })]" : host
        return port == scheme.defaultPort ? name : "\(name):\(port)"
    }

    /// Whether two addresses are of the same scheme, host and port, within which a login may go.
    package func hasSameOrigin(as other: CameraURL) -> Bool {
        scheme == other.scheme && port == other.port && host.lowercased() == other.host.lowercased()
    }

    /// The host as it stands in an address: an IPv6 address in brackets.
    package var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }
}

extension CameraURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address as an operator may see it: no password, no query (Foscam and others put logins there), no value in a path
    /// of the form `/user=…`, and nothing before an `@` in a path, which is a login with a `/` that should be `%2F`.
    package var description: String {
        var text = "\(scheme)://"
        if let login { text += login.password.isEmpty ? "\(login.user)@" : "\(login.user):***@" }
        text += port == scheme.defaultPort ? bracketedHost : "\(bracketedHost):\(port)"
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        var shown = path
        if let at = path.lastIndex(of: UInt8(ascii: "@")) {
            text += "/***"
            shown = path[at...]
        }
        if let equals = shown.firstIndex(of: UInt8(ascii: "=")) {
            text += Substring(shown[...equals]) + "***"
        } else {
            text += Substring(shown)
        }
        if path.endIndex != target.utf8.endIndex { text += "?…" }
        return text
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
