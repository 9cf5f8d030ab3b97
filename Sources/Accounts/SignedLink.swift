import Digests
import Text

/// The signature of a link that opens one source to whoever has it: `exp=…&key=…&sig=…` in its query.
///
/// It signs the source's name and the end, not the path, so that one link opens stream, page, snapshot and WebSocket, through a proxy
/// under a path of its own too.
package struct SignedLink: Equatable, Sendable {
    /// The end in seconds since 1970, as the query writes it; `0` is never.
    package let expiry: String
    /// The name of the key.
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

    /// The end in seconds since 1970, nil for a link without an end. A text that is no number never gets a right signature.
    package var end: Int? { expiry == "0" ? nil : Int(expiry) ?? 0 }

    /// Whether one of `keys` has signed this for `source`.
    package func isSigned(for source: String, by keys: [LinkKey]) -> Bool {
        guard let key = keys.first(where: { $0.name == key }), (1...19).contains(expiry.utf8.count), expiry.utf8.allSatisfy({ $0.isDigit })
        else { return false }
        // As text, since a Base64 text that says the same in other letters is another link. Some programs leave the padding in place.
        let given = signature.hasSuffix("=") ? signature.dropLast() : signature[...]
        return MessageDigest.areEqual(Array(given.utf8), Array(Base64.encodeForURL(Self.digest(of: source, expiry, key)).utf8))
    }

    /// The query that carries it, without the question mark.
    package var query: String {
        let name = String(decoding: PercentCoding.encode(key.utf8, isPlain: PercentCoding.isUnreserved), as: UTF8.self)
        return "exp=\(expiry)&key=\(name)&sig=\(signature)"
    }

    private static func digest(of source: String, _ expiry: String, _ key: LinkKey) -> [UInt8] {
        MessageDigest.hmacSHA256(of: Array("\(source)\n\(expiry)".utf8), key: Array(key.key.utf8))
    }
}
