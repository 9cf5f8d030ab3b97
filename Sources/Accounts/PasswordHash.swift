import CCrypt
import Digests
import Text

/// A password's hash as `htpasswd`, `mkpasswd` and others print it, checked by the system's crypt(3).
///
/// The description hides the hash, because passwords can be guessed with the help of a hash.
package struct PasswordHash: Hashable, Sendable {
    /// Why a text is not a hash that can be checked: the end of an operator's sentence, which never contains the text.
    package struct Problem: Error, Equatable {
        package let message: String
    }

    /// A method of crypt(5) that is strong enough.
    private struct Method {
        let prefixes: [String]
        /// The number of characters behind the last `$`.
        let length: Int
    }

    private static let methods = [
        Method(prefixes: ["$y$", "$7$"], length: 43),
        // Salt and hash in one.
        Method(prefixes: ["$2a$", "$2b$", "$2y$"], length: 53),
        Method(prefixes: ["$6$"], length: 86),
        Method(prefixes: ["$5$"], length: 43),
    ]
    /// Longer passwords cannot be checked by crypt(3).
    package static let maxPasswordBytes = Int(CRYPT_MAX_PASSPHRASE_SIZE) - 1
    private static let advice =
        "make one with mjpeg-relay hash, htpasswd -nB, mkpasswd -m yescrypt, openssl passwd -6 or caddy hash-password"

    package let text: String

    /// Reads a hash of yescrypt, scrypt, bcrypt, SHA-512 crypt or SHA-256 crypt.
    package init(_ text: String) throws(Problem) {
        if text.hasPrefix("$apr1$") || text.hasPrefix("$1$") || text.hasPrefix("{SHA}") {
            throw Problem(message: "hashes by MD5 and SHA-1 are not taken, since they are too easy to guess; \(Self.advice)")
        }
        guard text.utf8.count < CRYPT_OUTPUT_SIZE, text.utf8.allSatisfy({ $0.isAlphanumeric || "$./,=".utf8.contains($0) }),
            let method = Self.methods.first(where: { $0.prefixes.contains { text.hasPrefix($0) } })
        else { throw Problem(message: "this is no hash of a password; \(Self.advice)") }
        guard text.split(separator: "$", omittingEmptySubsequences: false).last?.utf8.count == method.length,
            ![CRYPT_SALT_INVALID, CRYPT_SALT_METHOD_DISABLED].contains(crypt_checksalt(text))
        else { throw Problem(message: "this hash of a password is cut, or one that this system cannot check; \(Self.advice)") }
        guard Self.isBearable(text) else { throw Problem(message: "this hash of a password takes too long to check; \(Self.advice)") }
        self.text = text
    }

    /// Whether a check takes at most some seconds, by the cost in the hash (bcrypt: 4 to 16; the SHA methods: rounds).
    private static func isBearable(_ text: String) -> Bool {
        let fields = text.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count > 3 else { return false }
        if text.hasPrefix("$2") { return Int(fields[2]).map { (4...16).contains($0) } ?? false }
        guard fields[2].hasPrefix("rounds=") else { return true }
        return Int(fields[2].dropFirst("rounds=".count)).map { (1000...10_000_000).contains($0) } ?? false
    }

    /// Method and cost as written in the hash. Hashes with the same method and cost take the same time to check.
    package var kind: String {
        let fields = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard fields.count > 3 else { return text }
        // scrypt writes eleven letters of cost before its salt. The SHA methods may leave the cost out and have their salt in its place.
        if text.hasPrefix("$7$") { return "$7$\(fields[2].prefix(11))" }
        let hasCost = text.hasPrefix("$y$") || text.hasPrefix("$2") || fields[2].hasPrefix("rounds=")
        return "$\(fields[1])$\(hasCost ? fields[2] : "")"
    }

    /// Makes a hash of `password` with a new salt, by the method that the system prefers; nil for a password that cannot be hashed.
    package static func make(of password: String) -> PasswordHash? {
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        guard crypt_gensalt_rn("$y$", 0, nil, 0, &setting, CInt(setting.count)) != nil,
            let text = crypt(password, String(decoding: setting.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        else { return nil }
        return try? PasswordHash(text)
    }

    /// Whether this is the hash of `password`. The check takes a tenth of a second or more of processor time, on purpose, so do not call it
    /// on an event loop.
    package func matches(_ password: String) -> Bool {
        guard let made = Self.crypt(password, text) else { return false }
        return MessageDigest.areEqual(Array(made.utf8), Array(text.utf8))
    }

    private static func crypt(_ password: String, _ setting: String) -> String? {
        // crypt(3) would take a zero byte for the password's end.
        guard password.utf8.count <= maxPasswordBytes, !password.utf8.contains(0) else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: MemoryLayout<crypt_data>.size, alignment: 16) { memory in
            memory.initializeMemory(as: UInt8.self, repeating: 0)
            defer { memory.initializeMemory(as: UInt8.self, repeating: 0) }
            guard let result = crypt_rn(password, setting, memory.baseAddress, CInt(memory.count)) else { return nil }
            return String(cString: result)
        }
    }
}

extension PasswordHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
