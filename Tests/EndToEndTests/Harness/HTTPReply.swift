import Foundation

/// The relay's answer to one request: the head taken apart, the body where it has a length.
struct HTTPReply: Sendable {
    /// As it came, with its blank line.
    let head: String
    let status: Int
    /// Names as sent.
    let fields: [(name: String, value: String)]
    var body: [UInt8] = []

    /// Takes a head apart, strictly: a status line of HTTP/1.1, lines that end with CRLF, `Name: value`.
    init(head: String) throws {
        self.head = head
        var lines = head.components(separatedBy: "\r\n")
        guard head.hasSuffix("\r\n\r\n"), !head.replacing("\r\n", with: "").contains("\n") else { throw BadReply(head) }
        lines.removeLast(2)
        let statusLine = lines.removeFirst().split(separator: " ", maxSplits: 2)
        guard statusLine.count == 3, statusLine[0] == "HTTP/1.1", let status = Int(statusLine[1]), (100...599).contains(status) else {
            throw BadReply(head)
        }
        self.status = status
        fields = try lines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[1].first == " ", parts[0].last != " " else { throw BadReply(line) }
            return (String(parts[0]), parts[1].dropFirst().description)
        }
    }

    /// The value of a field; nil if it is not there. A field that is there twice is one value with a comma.
    subscript(name: String) -> String? {
        let values = fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON value.
    func json<T: Decodable>(_ type: T.Type) throws -> T {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(body))
    }

    /// An answer that is not in the form that HTTP asks for.
    struct BadReply: Error, CustomStringConvertible {
        let description: String
        init(_ text: String) { description = "not a well-formed answer: '\(text)'" }
    }
}
