import Text

/// The value of a Content-Type field, read as cameras write it.
package struct MediaType: Hashable, Sendable {
    /// Parameters beyond this many are dropped.
    static let maxParameters = 32

    /// In lower case: `multipart`.
    package var type: String
    /// In lower case: `x-mixed-replace`.
    package var subtype: String
    /// Values by name in lower case; of a name that comes twice the first counts.
    package var parameters: [String: String]

    /// Reads `multipart/x-mixed-replace; boundary=--frame` and its neighbours; nil where there is no `type/subtype`.
    ///
    /// A value may stand in double or single quotes, with blanks around `=`, and goes up to the next `;` otherwise, blanks inside
    /// included (D-Link). A comma or a blank instead of the first `;` is taken for one.
    package init?(_ text: String) {
        var rest = Array(text.utf8)[...].drop { $0.isBlank }
        let type = rest.prefix { $0.isTokenByte }
        rest = rest.dropFirst(type.count)
        guard !type.isEmpty, rest.popFirst() == UInt8(ascii: "/") else { return nil }
        let subtype = rest.prefix { $0.isTokenByte }
        guard !subtype.isEmpty else { return nil }
        rest = rest.dropFirst(subtype.count)

        self.type = String(decoding: type, as: UTF8.self).lowercased()
        self.subtype = String(decoding: subtype, as: UTF8.self).lowercased()
        parameters = [:]
        while parameters.count < Self.maxParameters {
            rest = rest.drop { $0.isBlank || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ",") }
            guard !rest.isEmpty else { break }
            let name = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
            rest = rest.dropFirst(name.count)
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst().drop { $0.isBlank }
            let value = Self.takeValue(&rest)
            let key = String(decoding: name.trimmingBlanks(), as: UTF8.self).lowercased()
            if parameters[key] == nil { parameters[key] = value }
        }
    }

    /// The boundary as declared, without quotes and outer blanks; nil where none is declared.
    package var boundary: String? {
        parameters["boundary"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether the body consists of parts, whatever the subtype.
    package var isMultipart: Bool { type == "multipart" }

    /// Whether the body is a JPEG by one of the names in use.
    package var isJPEG: Bool { type == "image" && ["jpeg", "jpg", "pjpeg"].contains(subtype) }

    /// Whether the body is a page or another text.
    package var isText: Bool { type == "text" || ["json", "xml", "xhtml+xml"].contains(subtype) }

    /// Takes a value and all up to the next `;`.
    private static func takeValue(_ rest: inout ArraySlice<UInt8>) -> String {
        let semicolon = UInt8(ascii: ";")
        if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
            let (value, after) = quoted(rest.dropFirst(), by: quote)
        {
            rest = after.drop { $0 != semicolon }
            return String(decoding: value.trimmingBlanks(), as: UTF8.self)
        }
        var value = rest.prefix { $0 != semicolon }
        rest = rest.dropFirst(value.count)
        value = value.trimmingBlanks()
        // A double quote without its partner is no part of any boundary; a single one may be (RFC 2046).
        if value.first == UInt8(ascii: "\"") { value = value.dropFirst() }
        if value.last == UInt8(ascii: "\"") { value = value.dropLast() }
        return String(decoding: value.trimmingBlanks(), as: UTF8.self)
    }

    /// The text up to the closing quote and what follows it; nil where there is no closing quote.
    private static func quoted(_ bytes: ArraySlice<UInt8>, by quote: UInt8) -> (value: [UInt8], rest: ArraySlice<UInt8>)? {
        var value: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == quote { return (value, rest) }
            if byte == UInt8(ascii: "\\"), let next = rest.first, next == quote || next == byte {
                value.append(next)
                rest = rest.dropFirst()
            } else {
                value.append(byte)
            }
        }
        return nil
    }
}
