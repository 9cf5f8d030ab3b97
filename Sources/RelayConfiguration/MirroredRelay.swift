import CameraURL

/// Another relay whose sources appear here too.
package struct MirroredRelay: Equatable, Sendable {
    /// The name in the file, for log and status.
    package var name: String
    /// Its addresses in the order of preference, without a slash at the end; `https` stands for `wss` too. At least one.
    package var urls: [CameraURL]
    /// What stands before its sources' names here.
    package var prefix = ""
    /// Whether its certificate must be one that this machine's authorities vouch for.
    package var verifiesCertificate = true
    /// The one certificate that it may have, in place of every other check of it.
    package var certificateFingerprint: CertificateFingerprint?
    /// What its sources have here of what the file says for all.
    package var defaults = SourceConfiguration(name: "", upstream: .file(path: ""))

    package init(name: String, urls: [CameraURL]) {
        self.name = name
        self.urls = urls
    }

    /// The address of a path behind one of its addresses.
    package static func address(_ url: CameraURL, _ path: String) -> CameraURL {
        var result = url
        result.target = (url.target == "/" ? "" : url.target) + path
        return result
    }
}

extension MirroredRelay {
    /// Reads an address, `https://…`, `http://…`, `wss://…` or `ws://…`.
    static func url(_ text: String) throws(TextError) -> CameraURL {
        let schemes = [("ws://", "http://"), ("wss://", "https://"), ("http://", "http://"), ("https://", "https://")]
        guard text.utf8.count <= 8192, let (own, web) = schemes.first(where: { text.lowercased().hasPrefix($0.0) }) else {
            throw TextError(message: "a relay's address begins with https:// or http://, such as https://cams.example")
        }
        var url: CameraURL
        do {
            url = try CameraURL(web + text.dropFirst(own.count))
        } catch {
            throw TextError(message: error.description)
        }
        guard !url.target.utf8.contains(UInt8(ascii: "?")) else { throw TextError(message: "a relay's address has no query") }
        while url.target.count > 1, url.target.hasSuffix("/") { url.target.removeLast() }
        return url
    }
}

extension SourceConfiguration {
    /// Whether a source may have this name.
    package static func isName(_ name: some StringProtocol) -> Bool {
        let first = name.utf8.first.map { isLetterOrDigit($0) } ?? false
        return first && name.utf8.count <= 100 && name.utf8.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) }
            && !reservedNames.contains(String(name))
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
