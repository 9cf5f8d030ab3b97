import CameraURL
import Text

/// A Digest challenge that can be answered.
struct DigestChallenge: Hashable, Sendable {
    var realm: String
    var nonce: String
    var opaque: String?
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
        guard challenge.isScheme("digest"), let nonce = challenge.parameters["nonce"] else { return nil }
        algorithmText = challenge.parameters["algorithm"].flatMap { $0.isEmpty ? nil : $0 }
        guard let algorithm = DigestAlgorithm(rawValue: algorithmText?.lowercased() ?? "md5") else { return nil }
        let qops = (challenge.parameters["qop"] ?? "").lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }
        guard qops.isEmpty || qops.contains("auth") else { return nil }
        self.nonce = nonce
        self.algorithm = algorithm
        realm = challenge.parameters["realm"] ?? ""
        opaque = challenge.parameters["opaque"]
        usesQop = !qops.isEmpty
        isStale = challenge.parameters["stale"]?.lowercased() == "true"
        hashesUser = challenge.parameters["userhash"]?.lowercased() == "true"
    }

    /// The value of an Authorization field (RFC 7616, section 3.4; RFC 2069, section 2.1.2, without qop).
    ///
    /// - Parameter count: how often the nonce has been used, this use included.
    func authorization(login: CameraURL.Login, method: String, target: String, cnonce: String, count: UInt32) -> String {
        let needsCnonce = usesQop || algorithm.isSession
        var secret = algorithm.hash("\(login.user):\(realm):\(login.password)")
        if algorithm.isSession { secret = algorithm.hash("\(secret):\(nonce):\(cnonce)") }
        let request = algorithm.hash("\(method):\(target)")
        let nc = Hexadecimal.digits(of: count, atLeast: 8)
        let response = algorithm.hash(
            usesQop ? "\(secret):\(nonce):\(nc):\(cnonce):auth:\(request)" : "\(secret):\(nonce):\(request)")

        let user = hashesUser ? algorithm.hash("\(login.user):\(realm)") : login.user
        var text = "Digest username=\(Self.quoted(user)), realm=\(Self.quoted(realm)), nonce=\(Self.quoted(nonce))"
        text += ", uri=\(Self.quoted(target)), response=\"\(response)\""
        if let algorithmText { text += ", algorithm=\(algorithmText)" }
        if needsCnonce { text += ", cnonce=\(Self.quoted(cnonce))" }
        if let opaque { text += ", opaque=\(Self.quoted(opaque))" }
        if usesQop { text += ", qop=auth, nc=\(nc)" }
        if hashesUser { text += ", userhash=true" }
        return text
    }

    /// A quoted string (RFC 9110, section 5.6.4), without control characters.
    private static func quoted(_ text: String) -> String {
        var bytes = [UInt8(ascii: "\"")]
        for byte in text.utf8 where !byte.isControl {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }
}
