import Digests
import Text

/// The cookie with which a browser repeats a login in requests for which it sends none by itself, such as Safari's WebSockets.
///
/// `NAME.EXPIRY.SIGNATURE`; the signature also covers the account's password, so that the cookie is void when the password changes or the
/// user is removed.
package enum SessionCookie {
    private static let name = "mjpeg-relay"
    /// The seconds for which a cookie is valid.
    package static let lifetime = 12 * 3600

    /// The name of the cookies of a relay that the browser calls `host`. It contains the port: browsers send cookies to every port of a
    /// machine, and several relays on one machine would replace each other's cookies.
    package static func name(at host: String?) -> String {
        guard let host, let colon = host.utf8.lastIndex(of: ASCII.colon) else { return name }
        let port = host[host.utf8.index(after: colon)...]
        return port.isEmpty || !port.utf8.allSatisfy(\.isDigit) ? name : "\(name)-\(port)"
    }

    /// The value of a cookie for `account`, made at `now`, in seconds since 1970.
    package static func value(for account: Account, at now: Int, key: [UInt8]) -> String {
        let expiry = String(now + lifetime)
        return "\(Base64.encodeForURL(account.name.utf8)).\(expiry).\(Base64.encodeForURL(digest(account, expiry, key)))"
    }

    /// The account of a cookie's value, and the seconds for which the cookie is still valid. Nil for a value that is forged or expired, or
    /// whose account is gone or has another password.
    package static func account(of value: String, among accounts: [Account], at now: Int, key: [UInt8]) -> (Account, secondsLeft: Int)? {
        let parts = value.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].utf8.count <= 12, parts[1].utf8.allSatisfy({ $0.isDigit }), let expiry = Int(parts[1]),
            expiry > now, expiry <= now + lifetime, let name = Base64.decode(parts[0].utf8), let signature = Base64.decode(parts[2].utf8),
            let account = accounts.first(where: { Array($0.name.utf8) == name }),
            MessageDigest.areEqual(signature, digest(account, String(parts[1]), key))
        else { return nil }
        return (account, expiry - now)
    }

    private static func digest(_ account: Account, _ expiry: String, _ key: [UInt8]) -> [UInt8] {
        let text = "cookie\n\(account.name.utf8.count)\n\(account.name)\n\(expiry)\n\(account.secretText)"
        return MessageDigest.hmacSHA256(of: Array(text.utf8), key: key)
    }
}
