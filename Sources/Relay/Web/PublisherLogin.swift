import NIOHTTP1
import Text

/// The password and the name that a request to publish shows, not checked yet.
struct PublisherLogin: Equatable, Sendable {
    /// One reading of the credentials.
    struct Reading: Equatable, Sendable {
        /// The publisher's name; empty where the request has no name.
        var name: String
        var password: String
    }

    /// Where the request shows the credentials.
    enum Place: Equatable, Sendable {
        /// `Authorization: Basic`, which a browser may send by itself on behalf of any site's page.
        case basic
        case bearer
        /// `?token=`.
        case query
    }

    /// One reading, or two where a colon may be part of the password.
    let readings: [Reading]
    let place: Place

    /// Nil where the request shows no credentials, or unreadable ones.
    init?(_ head: HTTPRequestHead, _ target: RequestTarget) {
        let fields = head.headers["Authorization"]
        guard let field = fields.first else {
            guard let token = target.value("token"), !token.isEmpty else { return nil }
            (readings, place) = (Self.readings(of: token), .query)
            return
        }
        guard fields.count == 1, let blank = field.utf8.firstIndex(of: ASCII.space) else { return nil }
        let value = field[blank...].drop { $0 == " " }
        switch field[..<blank].lowercased() {
        case "basic":
            guard let bytes = Base64.decode(value.utf8), let text = String(validating: bytes, as: UTF8.self),
                let pair = Self.pair(text)
            else { return nil }
            (readings, place) = ([pair], .basic)
        case "bearer" where !value.isEmpty:
            (readings, place) = (Self.readings(of: String(value)), .bearer)
        default:
            return nil
        }
    }

    private static func pair(_ text: String) -> Reading? {
        guard let colon = text.utf8.firstIndex(of: ASCII.colon) else { return nil }
        return Reading(name: String(text[..<colon]), password: String(text[text.utf8.index(after: colon)...]))
    }

    /// `PASSWORD` or `NAME:PASSWORD`.
    private static func readings(of text: String) -> [Reading] {
        [Reading(name: "", password: text)] + (pair(text).map { [$0] } ?? [])
    }
}
