import CameraURL
import Text

/// The cookies that a camera sets on the way to its pictures, and sends back to it (RFC 6265, as far as one dial needs it).
///
/// They go to the host that set them and to no other, and one that came encrypted is not sent in the clear. Nothing that
/// describes this value shows them: they are logins.
struct CookieJar: Sendable {
    /// Cookies beyond this many are dropped.
    static let maxCookies = 32
    /// A longer cookie, in bytes, is dropped.
    static let maxLength = 4096

    private struct Cookie {
        let name: String
        let value: String
        let host: String
        let isEncrypted: Bool
    }

    private var cookies: [Cookie] = []

    /// Takes the cookies that an answer sets, and forgets those that it deletes.
    mutating func take(_ head: ResponseHead, from url: CameraURL) {
        for field in head.all("Set-Cookie") where field.utf8.count <= Self.maxLength {
            let parts = field.split(separator: ";", omittingEmptySubsequences: false)
            guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { continue }
            let name = String(decoding: Array(pair[..<equals].utf8).trimmingBlanks(), as: UTF8.self)
            let value = String(decoding: Array(pair[equals...].dropFirst().utf8).trimmingBlanks(), as: UTF8.self)
            guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenByte) else { continue }
            let host = url.host.lowercased()
            cookies.removeAll { $0.name == name && $0.host == host }
            let isOver = Self.isOver(parts.dropFirst(), head)
            guard !isOver, cookies.count < Self.maxCookies else { continue }
            cookies.append(Cookie(name: name, value: value, host: host, isEncrypted: url.scheme == .https))
        }
    }

    /// `fields` with the cookies for an address, behind those that the operator has set.
    func added(to fields: [(String, String)], for url: CameraURL) -> [(String, String)] {
        let host = url.host.lowercased()
        let own = cookies.filter { $0.host == host && (url.scheme == .https || !$0.isEncrypted) }
        guard !own.isEmpty else { return fields }
        let theirs = fields.filter { $0.0.lowercased() == "cookie" }.map(\.1)
        let value = (theirs + own.map { "\($0.name)=\($0.value)" }).joined(separator: "; ")
        return fields.filter { $0.0.lowercased() != "cookie" } + [("Cookie", value)]
    }

    /// Adds the cookies' values, which are logins.
    func add(to secrets: inout Secrets) {
        for cookie in cookies { secrets.add(fieldName: "cookie", value: cookie.value) }
    }

    /// Whether attributes say that the cookie is over: `Max-Age` is believed before `Expires` (RFC 6265, section 5.3), and of each the
    /// last that can be read. A date is measured against the camera's own clock where it tells it.
    private static func isOver(_ attributes: ArraySlice<Substring>, _ head: ResponseHead) -> Bool {
        var maxAge: Int?
        var expires: Int?
        for attribute in attributes {
            guard let equals = attribute.firstIndex(of: "=") else { continue }
            let name = String(decoding: Array(attribute[..<equals].utf8).trimmingBlanks(), as: UTF8.self).lowercased()
            let value = String(decoding: Array(attribute[equals...].dropFirst().utf8).trimmingBlanks(), as: UTF8.self)
            if name == "max-age" { maxAge = Int(value) ?? maxAge }
            if name == "expires" { expires = ResponseHead.seconds(of: value, isOfLastCentury: { $0 >= 70 }) ?? expires }
        }
        if let maxAge { return maxAge <= 0 }
        return expires.map { $0 <= head.now } ?? false
    }
}

extension CookieJar: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "\(cookies.count) cookies" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
