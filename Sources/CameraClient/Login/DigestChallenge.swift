import CameraURL
import Text

/// A Digest challenge that can be answered.
struct DigestChallenge: Hashable, Sendable {
    // As sent: the hash is made of the camera's own bytes, in UTF-8 or not.
    var realm: [UInt8]
    var nonce: [UInt8]
    var opaque: [UInt8]?
    var algorithm: DigestAlgorithm
    /// The algorithm as sent; nil where the camera names none, and then it is not named to the camera either.
    var algorithmText: String?
    /// Whether the answer carries `qop=auth`; the form of RFC 2069 else.
    var usesQop: Bool
    /// Whether the camera says that only the nonce was wrong, not the login.
    var isStale: Bool
    /// Whether the camera wants the user's name hashed.
    var hashesUser: Bool

    /// Nil where the scheme is another, the nonce is missing, or algorithm or qop are none of ours.
    init?(_ challenge: Challenge) {
        guard challenge.isScheme("digest"), let nonce = challenge.values["nonce"] else { return nil }
        algorithmText = challenge.text("algorithm").flatMap { $0.isEmpty ? nil : $0 }
        guard let algorithm = DigestAlgorithm(rawValue: algorithmText?.lowercased() ?? "md5") else { return nil }
        let qops = (challenge.text("qop") ?? "").lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }
        guard qops.isEmpty || qops.contains("auth") else { return nil }
        self.nonce = nonce
        self.algorithm = algorithm
        realm = challenge.values["realm"] ?? []
        opaque = challenge.values["opaque"]
        usesQop = !qops.isEmpty
        isStale = challenge.text("stale")?.lowercased() == "true"
        hashesUser = challenge.text("userhash")?.lowercased() == "true"
    }

    /// The value of an Authorization field (RFC 7616, section 3.4; RFC 2069, section 2.1.2, without qop).
    ///
    /// - Parameter count: how often the nonce has been used, this use included.
    func authorization(login: CameraURL.Login, method: String, target: String, cnonce: String, count: UInt32) -> Authorization {
        let (user, password, cnonce) = (Array(login.user.utf8), Array(login.password.utf8), Array(cnonce.utf8))
        var secret = hash(user, realm, password)
        if algorithm.isSession { secret = hash(secret, nonce, cnonce) }
        let request = hash(Array(method.utf8), Array(target.utf8))
        let nc = Hexadecimal.digits(of: count, atLeast: 8)
        let response =
            usesQop
            ? hash(secret, nonce, Array(nc.utf8), cnonce, Array("auth".utf8), request) : hash(secret, nonce, request)

        var text = Array("Digest username=".utf8) + Self.quoted(hashesUser ? hash(user, realm) : user)
        text += Array(", realm=".utf8) + Self.quoted(realm)
        text += Array(", nonce=".utf8) + Self.quoted(nonce)
        text += Array(", uri=".utf8) + Self.quoted(Array(target.utf8))
        text += Array(", response=".utf8) + Self.quoted(response)
        if let algorithmText { text += Array(", algorithm=\(algorithmText)".utf8).filter { !$0.isControl } }
        if usesQop || algorithm.isSession { text += Array(", cnonce=".utf8) + Self.quoted(cnonce) }
        if let opaque { text += Array(", opaque=".utf8) + Self.quoted(opaque) }
        if usesQop { text += Array(", qop=auth, nc=\(nc)".utf8) }
        if hashesUser { text += Array(", userhash=true".utf8) }
        return Authorization(bytes: text)
    }

    /// The hash of some values with colons in between.
    private func hash(_ values: [UInt8]...) -> [UInt8] {
        algorithm.hash(Array(values.joined(separator: [UInt8(ascii: ":")])))
    }

    /// A quoted string (RFC 9110, section 5.6.4), without control characters.
    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        var bytes = [UInt8(ascii: "\"")]
        for byte in text where !byte.isControl {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
        return bytes
    }
}
