import Text

/// A request's target, taken apart: path segments, decoded, and the query.
package struct RequestTarget: Equatable, Sendable {
    /// The path without its slashes; a slash at the end is forgotten unless ``hasTrailingSlash`` asks.
    package let segments: [String]
    /// Whether the path ends with a slash, `/` itself included.
    package let hasTrailingSlash: Bool
    /// Names and values in order, decoded; a name without `=` has an empty value.
    package let query: [(name: String, value: String)]

    /// Reads origin form (`/front/stream?x=1`) and absolute form (`http://host/front/stream`).
    ///
    /// Nil for what can name nothing here: other forms, `.` and `..`, a slash or a control character in a segment, encoded or not.
    package init?(_ uri: String) {
        var rest = uri[...]
        if rest.first != "/" {
            guard let scheme = ["http://", "https://"].first(where: { rest.lowercased().hasPrefix($0) }) else { return nil }
            rest = rest.dropFirst(scheme.count)
            rest = rest.firstIndex(where: { $0 == "/" || $0 == "?" }).map { rest[$0...] } ?? "/"
            if rest.first == "?" { rest = "/" + rest }
        }
        let pathEnd = rest.firstIndex { $0 == "?" || $0 == "#" } ?? rest.endIndex
        var segments: [String] = []
        let path = rest[..<pathEnd]
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            guard let segment = Self.decoded(part, plusIsBlank: false), segment != ".", segment != "..",
                segment.utf8.allSatisfy({ $0 != UInt8(ascii: "/") && $0 != ASCII.space && !$0.isControl })
            else { return nil }
            segments.append(segment)
        }
        self.segments = segments
        hasTrailingSlash = path.last == "/"
        var query: [(name: String, value: String)] = []
        if pathEnd < rest.endIndex, rest[pathEnd] == "?" {
            for pair in rest[rest.index(after: pathEnd)...].prefix(while: { $0 != "#" }).split(separator: "&").prefix(64) {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let name = parts.first.flatMap({ Self.decoded($0, plusIsBlank: true) }) else { continue }
                let value = parts.count > 1 ? Self.decoded(parts[1], plusIsBlank: true) : ""
                query.append((name, value ?? ""))
            }
        }
        self.query = query
    }

    /// Leads from the folder of the page at this target to the top: `../` as often as needed.
    var up: String { String(repeating: "../", count: max(0, segments.count - (hasTrailingSlash ? 0 : 1))) }

    /// Leads from the folder of a page without a slash at its end to where it would be without one that was added.
    var base: String { hasTrailingSlash && !segments.isEmpty ? "../" : "" }

    /// The first value of a query key, nil where the query does not name it.
    package func value(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The first value of a query key that is 0 or 1, nil where the query does not name it; throws the sentence for a 400.
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

    /// Decodes `%XX`; nil where the bytes are no UTF-8.
    private static func decoded(_ text: Substring, plusIsBlank: Bool) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return String(text) }
        return String(validating: PercentCoding.decode(text.utf8, plusIsBlank: plusIsBlank), as: UTF8.self)
    }
}
