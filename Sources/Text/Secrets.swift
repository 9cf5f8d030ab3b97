/// The texts of logins that must not be shown, and the function that hides them. A camera may repeat its request in an answer, a program
/// its arguments in an error.
package struct Secrets: Sendable {
    /// Parts of the names of query keys and header fields whose values are logins.
    private static let names = ["pass", "pwd", "psw", "auth", "token", "secret", "key", "login", "cookie", "session", "sid"]
    /// Shorter values are not hidden, because they would be found all over a text by chance.
    private static let shortest = 3

    /// In UTF-8, the longest first, so that no secret is hidden only in part.
    private var words: [[UInt8]] = []

    package init() {}

    /// Adds a login, in each form in which it is sent.
    package mutating func add(user: String, password: String) {
        addWord(password)
        addWord(Self.percentEncoded(password))
        addWord(Base64.encode("\(user):\(password)".utf8))
    }

    /// Adds the logins in a request target: those in the query, and the values behind keys in the path.
    package mutating func add(target: String) {
        if let query = target.utf8.firstIndex(of: UInt8(ascii: "?")) { addWord(String(target[query...].dropFirst())) }
        addValues(in: target)
    }

    /// Adds the value of a header field that is sent with each request, where its name says that it is a login.
    package mutating func add(fieldName name: String, value: String) {
        guard Self.isSecret(name) else { return }
        addWord(value)
        // The part behind the scheme of the login.
        if let blank = value.utf8.lastIndex(of: 0x20) { addWord(String(value[blank...].dropFirst())) }
    }

    /// Adds the logins in an argument of a program: in an address, behind a key, or in a header field.
    package mutating func add(argument: String) {
        let bytes = Array(argument.utf8)
        if let scheme = Self.range(of: Array("://".utf8), in: bytes[...]),
            let at = bytes[scheme.upperBound...].lastIndex(of: UInt8(ascii: "@"))
        {
            let login = bytes[scheme.upperBound..<at]
            addWord(String(decoding: login, as: UTF8.self))
            if let colon = login.firstIndex(of: UInt8(ascii: ":")) {
                let password = String(decoding: login[(colon + 1)...], as: UTF8.self)
                addWord(password)
                addWord(Self.percentDecoded(password))
            }
        }
        addValues(in: argument)
        for line in argument.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            add(fieldName: String(line[..<colon]), value: String(line[colon...].dropFirst().drop { $0 == " " }))
        }
    }

    /// `text` with each secret replaced by `***`.
    ///
    /// - Parameter isCut: whether the text's end is missing, so that the last secret in it may be incomplete.
    package func hide(in text: String, isCut: Bool = false) -> String {
        guard !words.isEmpty else { return text }
        var rest = Array(text.utf8)[...]
        var result: [UInt8] = []
        while let first = rest.first {
            if let word = words.first(where: { rest.starts(with: $0) }) {
                result += "***".utf8
                rest = rest.dropFirst(word.count)
            } else if isCut, words.contains(where: { $0.starts(with: rest) }) {
                result += "***".utf8
                break
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Adds the values in `key=value&key=value` whose key is that of a login, as written and decoded.
    private mutating func addValues(in text: String) {
        for pair in text.utf8.split(whereSeparator: { "?&;/ ".utf8.contains($0) }) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), Self.isSecret(String(Substring(pair[..<equals]))) else { continue }
            let value = String(Substring(pair[equals...].dropFirst()))
            addWord(value)
            addWord(Self.percentDecoded(value))
        }
    }

    private mutating func addWord(_ word: String) {
        let bytes = Array(word.utf8)
        guard bytes.count >= Self.shortest, !words.contains(bytes) else { return }
        words.append(bytes)
        words.sort { $0.count > $1.count }
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return names.contains { range(of: Array($0.utf8), in: Array(name.utf8)[...]) != nil }
    }

    private static func range(of needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        bytes.indices.first { bytes[$0...].starts(with: needle) }.map { $0..<($0 + needle.count) }
    }

    private static func percentEncoded(_ text: String) -> String {
        String(decoding: PercentCoding.encode(text.utf8, isPlain: PercentCoding.isUnreserved), as: UTF8.self)
    }

    private static func percentDecoded(_ text: String) -> String {
        String(decoding: PercentCoding.decode(text.utf8), as: UTF8.self)
    }
}
