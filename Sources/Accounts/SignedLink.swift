import Digests
import Text

/// The signature of a link that opens one source without a login: `exp=…&key=…&sig=…` in the link's query.
///
/// The signature covers the source's name and the link's end, but not the path. So one signature opens stream, page, snapshot and
/// WebSocket, also through a proxy that adds a path of its own.
package struct SignedLink: Equatable, Sendable {
    /// The link's end in seconds since 1970, as text from the query; `0` is never.
    package let expiry: String
    /// The name of the key that signed the link.
    package let key: String
    /// The signature in Base64 for URLs.
    package let signature: String

    package init(expiry: String, key: String, signature: String) {
        self.expiry = expiry
        self.key = key
        self.signature = signature
    }

    /// Signs a link to `source` that ends at `expiry`, in seconds since 1970; 0 is never.
    package init(to source: String, until expiry: Int, by key: LinkKey) {
        self.expiry = String(expiry)
        self.key = key.name
        signature = Base64.encodeForURL(Self.digest(of: source, self.expiry, key))
    }

    /// The link's end in seconds since 1970; nil for a link without an end. The signature of a text that is not a number is never right.
    package var end: Int? { expiry == "0" ? nil : Int(expiry) ?? 0 }

    /// Whether one of `keys` has signed this link for `source`.
    package func isSigned(for source: String, by keys: [LinkKey]) -> Bool {
        guard let key = keys.first(where: { $0.name == key }), (1...19).contains(expiry.utf8.count), expiry.utf8.allSatisfy({ $0.isDigit })
        else { return false }
        // Compared as text, because the same signature in other Base64 letters must not be a valid link. Some programs add padding.
        let given = signature.hasSuffix("=") ? signature.dropLast() : signature[...]
        return MessageDigest.areEqual(Array(given.utf8), Array(Base64.encodeForURL(Self.digest(of: source, expiry, key)).utf8))
    }

    /// The query with the signature, without the question mark.
    package var query: String {
        let name = String(decoding: PercentCoding.encode(key.utf8, isPlain: PercentCoding.isUnreserved), as: UTF8.self)
        return "exp=\(expiry)&key=\(name)&sig=\(signature)"
    }

    private static func digest(of source: String, _ expiry: String, _ key: LinkKey) -> [UInt8] {
        MessageDigest.hmacSHA256(of: Array("\(source)\n\(expiry)".utf8), key: Array(key.key.utf8))
    }
}
