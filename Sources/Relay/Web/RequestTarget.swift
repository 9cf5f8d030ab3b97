import Text

/// A request's target, taken apart: path segments, decoded, and the query.
package struct RequestTarget: Equatable, Sendable {
    /// The path without its slashes; a slash at the end is forgotten unless ``hasTrailingSlash`` asks.
    package let segments: [String]
    /// Whether the path ends with a slash, `/` itself included.
    package let hasTrailingSlash: Bool
    /// The query's names and values in order, decoded; a name without `=` has an empty value.
    package let query: [(name: String, value: String)]
    /// The value of `?action=`; see ``ActionQuery/word(in:)``.
    let action: String?

    /// Reads origin form (`/front/stream?x=1`) and absolute form (`http://host/front/stream`).
    ///
    /// Nil for a target that cannot name anything here: another form, or a segment that is `.` or `..` or has a slash or a control
    /// character, encoded or not.
    package init?(_ uri: String) {
        var rest = uri[...]
        if rest.first != "/" {
            guard let scheme = ["http://", "https://"].first(where: { rest.lowercased().hasPrefix($0) }) else { return nil }
            rest = rest.dropFirst(scheme.count)
            rest = rest.firstIndex(where: { $0 == "/" || $0 == "?" }).map { rest[$0...] } ?? "/"
            if rest.first == "?" { rest = "/" + rest }
        }
        let pathEnd = rest.firstIndex { $0 == "?" || $0 == "#" } ?? rest.endIndex
        var tail = Array(rest[pathEnd...].utf8)
        var query = rest[pathEnd...].first == "?" ? Self.pairs(rest[pathEnd...].dropFirst()) : []
        let path = rest[..<pathEnd]
        var parts = path.split(separator: "/", omittingEmptySubsequences: true)
        var endsWithSlash = path.last == "/"
        // Some programs encode the question mark too.
        if !endsWithSlash, let last = parts.popLast() {
            if let (name, encoded) = ActionQuery.split(last.utf8) {
                guard let name = String(validating: name, as: UTF8.self) else { return nil }
                query = Self.pairs(String(decoding: encoded, as: UTF8.self)[...]) + query
                tail = encoded + tail
                endsWithSlash = name.isEmpty && !parts.isEmpty
                if !name.isEmpty { parts.append(name[...]) }
            } else {
                parts.append(last)
            }
        }
        var segments: [String] = []
        for part in parts {
            guard let segment = Self.decoded(part, plusIsBlank: false), segment != ".", segment != "..",
                segment.utf8.allSatisfy({ $0 != UInt8(ascii: "/") && $0 != ASCII.space && !$0.isControl })
            else { return nil }
            segments.append(segment)
        }
        self.segments = segments
        hasTrailingSlash = endsWithSlash
        self.query = query
        action = ActionQuery.word(in: tail)
    }

    /// Names and values of a query's text; the limit of a request's head bounds their number.
    private static func pairs(_ text: Substring) -> [(name: String, value: String)] {
        text.prefix { $0 != "#" }.split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.flatMap({ decoded($0, plusIsBlank: true) }) else { return nil }
            return (name, parts.count > 1 ? decoded(parts[1], plusIsBlank: true) ?? "" : "")
        }
    }

    /// The relative path from the page at this target to the relay's top: `../` for each folder.
    var up: String { String(repeating: "../", count: max(0, segments.count - (hasTrailingSlash ? 0 : 1))) }

    /// The beginning of a relative link for a page that is served with and without a slash at its end: `../` for a target with a slash, and
    /// empty without.
    var base: String { hasTrailingSlash && !segments.isEmpty ? "../" : "" }

    /// The first value of a query key; nil where the query does not have the key.
    package func value(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The first value of a query key as a Bool, from 0 or 1; nil where the query does not have the key. Any other value throws the
    /// sentence for a 400.
    func flag(_ name: String) throws(QueryError) -> Bool? {
        switch value(name) {
        case nil: nil
        case "0": false
        case "1": true
        default: throw QueryError(sentence: "\(name) is 0 or 1")
        }
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.segments == right.segments && left.hasTrailingSlash == right.hasTrailingSlash
            && left.query.elementsEqual(right.query, by: ==)
    }

    /// Decodes `%XX`; nil where the bytes are not UTF-8.
    private static func decoded(_ text: Substring, plusIsBlank: Bool) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return String(text) }
        return String(validating: PercentCoding.decode(text.utf8, plusIsBlank: plusIsBlank), as: UTF8.self)
    }
}
