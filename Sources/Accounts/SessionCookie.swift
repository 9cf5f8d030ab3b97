import Digests
import Text

/// The cookie that a browser carries a login on in, where it sends none by itself: Safari's WebSockets.
///
/// `NAME.EXPIRY.SIGNATURE`; the signature also covers the account's password, so that a changed password or a removed user ends it.
package enum SessionCookie {
    private static let name = "mjpeg-relay"
    /// Seconds that it holds.
    package static let lifetime = 12 * 3600

    /// The name of the cookies of the relay that a browser calls `host`: with the port, since browsers give cookies to every port of a
    /// machine, and several relays would take each other's away.
    package static func name(at host: String?) -> String {
        guard let host, let colon = host.utf8.lastIndex(of: ASCII.colon) else { return name }
        let port = host[host.utf8.index(after: colon)...]
        return port.isEmpty || !port.utf8.allSatisfy(\.isDigit) ? name : "\(name)-\(port)"
    }

    /// The value for `account`, made at `now`, in seconds since 1970.
    package static func value(for account: Account, at now: Int, key: [UInt8]) -> String {
        let expiry = String(now + lifetime)
        return "\(Base64.encodeForURL(account.name.utf8)).\(expiry).\(Base64.encodeForURL(digest(account, expiry, key)))"
    }

    /// The account that a value is of, and the seconds that it still holds; nil for one that is forged, over, or of an account that is
    /// not there as it was.
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
