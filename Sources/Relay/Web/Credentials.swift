import Accounts
import NIOHTTP1
import Text

/// The credentials that a request shows, not checked yet.
enum Credentials: Equatable, Sendable {
    case none
    /// A signature in the query.
    case link(SignedLink)
    /// `Authorization: Basic`, which browsers remember, or `Bearer NAME:PASSWORD`.
    case login(name: String, password: String, isBasic: Bool)
    /// The values of the relay's cookies: a browser may have several, of several folders.
    case cookies([String])
    /// Credentials that cannot be read.
    case malformed

    /// - Parameter cookie: the name of the relay's cookies.
    init(_ head: HTTPRequestHead, _ target: RequestTarget, cookie: String) {
        if let signature = target.value("sig") {
            if let expiry = target.value("exp"), let key = target.value("key") {
                // Clients that want no cached answer may append a question mark and a number, even behind a query.
                self = .link(SignedLink(expiry: expiry, key: key, signature: String(signature.prefix { $0 != "?" })))
            } else {
                self = .malformed
            }
            return
        }
        let fields = head.headers["Authorization"]
        guard fields.isEmpty else {
            self = fields.count == 1 ? Self.login(fields[0]) : .malformed
            return
        }
        let cookies = Self.cookies(head, named: cookie)
        self = cookies.isEmpty ? .none : .cookies(cookies)
    }

    private static func login(_ field: String) -> Credentials {
        guard let blank = field.utf8.firstIndex(of: ASCII.space) else { return .malformed }
        let value = field[blank...].drop { $0 == " " }
        switch field[..<blank].lowercased() {
        case "basic":
            guard let bytes = Base64.decode(value.utf8), let text = String(validating: bytes, as: UTF8.self) else { return .malformed }
            return pair(text[...], isBasic: true)
        case "bearer":
            return pair(value, isBasic: false)
        default:
            return .malformed
        }
    }

    private static func pair(_ text: Substring, isBasic: Bool) -> Credentials {
        guard let colon = text.utf8.firstIndex(of: ASCII.colon) else { return .malformed }
        return .login(name: String(text[..<colon]), password: String(text[text.utf8.index(after: colon)...]), isBasic: isBasic)
    }

    /// The values of the cookies of a name that a request carries.
    static func cookies(_ head: HTTPRequestHead, named name: String) -> [String] {
        head.headers["Cookie"].flatMap { field in
            field.split(separator: ";").compactMap { pair in
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { return nil }
                return String(parts[1])
            }
        }
    }
}
