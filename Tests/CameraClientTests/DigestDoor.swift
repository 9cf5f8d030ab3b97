import Digests

/// The camera's side of a Digest login (RFC 7616, RFC 2069), to check what the client sends.
struct DigestDoor: Sendable {
    var user = "admin"
    var password = "secret"
    var realm = "camera"
    var algorithm: String? = "MD5"
    /// What the challenge offers; nil for the form of RFC 2069.
    var qop: String? = "auth"
    var opaque: String? = "0pa,que=="

    /// The challenge with a nonce.
    func challenge(nonce: String, stale: Bool = false) -> String {
        var text = "Digest realm=\"\(realm)\", nonce=\"\(nonce)\""
        if let qop { text += ", qop=\"\(qop)\"" }
        if let algorithm { text += ", algorithm=\(algorithm)" }
        if let opaque { text += ", opaque=\"\(opaque)\"" }
        if stale { text += ", stale=\"TRUE\"" }
        return text
    }

    /// Whether an Authorization value opens the door.
    func opens(_ value: String?, nonce: String, target: String, count: String = "00000001") -> Bool {
        guard let value, value.hasPrefix("Digest ") else { return false }
        let given = Self.parameters(String(value.dropFirst(7)))
        guard given["username"] == user, given["realm"] == realm, given["nonce"] == nonce, given["uri"] == target,
            given["opaque"] == opaque, given["algorithm"] == algorithm
        else { return false }
        var secret = hash("\(user):\(realm):\(password)")
        if algorithm?.lowercased().hasSuffix("-sess") == true { secret = hash("\(secret):\(nonce):\(given["cnonce"] ?? "")") }
        let request = hash("GET:\(target)")
        if qop != nil {
            guard given["qop"] == "auth", given["nc"] == count, let cnonce = given["cnonce"], !cnonce.isEmpty else { return false }
            return given["response"] == hash("\(secret):\(nonce):\(count):\(cnonce):auth:\(request)")
        }
        return given["qop"] == nil && given["nc"] == nil && given["response"] == hash("\(secret):\(nonce):\(request)")
    }

    private func hash(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let digest: [UInt8] =
            algorithm?.lowercased().hasPrefix("sha-256") == true ? MessageDigest.sha256(of: bytes) : MessageDigest.md5(of: bytes)
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func parameters(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        var rest = text[...]
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].drop { $0 == "," || $0 == " " }
            rest = rest[rest.index(after: equals)...]
            let value: Substring
            if rest.first == "\"" {
                rest = rest.dropFirst()
                value = rest.prefix { $0 != "\"" }
                rest = rest.dropFirst(value.count + 1)
            } else {
                value = rest.prefix { $0 != "," }
                rest = rest.dropFirst(value.count)
            }
            result[String(name)] = String(value)
        }
        return result
    }
}
