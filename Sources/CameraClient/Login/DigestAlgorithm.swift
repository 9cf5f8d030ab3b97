import Digests
import Text

/// The hash of a Digest login (RFC 7616, section 3.3).
enum DigestAlgorithm: String, Hashable, Sendable {
    case md5 = "md5"
    case md5Session = "md5-sess"
    case sha256 = "sha-256"
    case sha256Session = "sha-256-sess"

    /// The larger, the harder to break; a session variant is neither.
    var strength: Int {
        switch self {
        case .md5, .md5Session: 1
        case .sha256, .sha256Session: 2
        }
    }

    /// Whether the login is hashed once more with the nonces of its first use.
    var isSession: Bool { self == .md5Session || self == .sha256Session }

    /// The hash of some bytes, as hexadecimal digits in lower case.
    func hash(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .md5, .md5Session: return Array(Hexadecimal.digits(of: MessageDigest.md5(of: bytes)).utf8)
        case .sha256, .sha256Session: return Array(Hexadecimal.digits(of: MessageDigest.sha256(of: bytes)).utf8)
        }
    }
}
