/// A camera's status line and header fields, cleaned.
package struct ResponseHead: Sendable {
    /// The protocol that the status line names.
    package enum Version: Hashable, Sendable {
        case http(major: Int, minor: Int)
        /// `ICY 200 OK`, of servers that descend from SHOUTcast.
        case icy
    }

    /// One header field.
    package struct Field: Sendable {
        /// As sent.
        package let name: String
        /// As sent, in UTF-8 or not, but for blanks at the ends and control characters.
        package var bytes: [UInt8]

        /// The value as text, repaired where it is no UTF-8.
        package var value: String { String(decoding: bytes, as: UTF8.self) }
    }

    package var version: Version
    /// Three digits, 100 to 999.
    package var status: Int
    /// The reason phrase; empty where the camera sends none.
    package var reason: CameraText
    /// In the order of the camera.
    package var fields: [Field]

    package init(version: Version, status: Int, reason: CameraText, fields: [(name: String, value: String)] = []) {
        self.version = version
        self.status = status
        self.reason = reason
        self.fields = fields.map { Field(name: $0.name, bytes: Array($0.value.utf8)) }
    }

    /// The first value of a field, whatever the case of its name.
    package func first(_ name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name.lowercased() == name }?.value
    }

    /// Every value of a field, whatever the case of its name, in the order of the camera.
    package func all(_ name: String) -> [String] {
        let name = name.lowercased()
        return fields.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// Every value of a field as it was sent, whatever the case of its name, in the order of the camera.
    package func allBytes(_ name: String) -> [[UInt8]] {
        let name = name.lowercased()
        return fields.filter { $0.name.lowercased() == name }.map(\.bytes)
    }

    /// Whether the camera will take another request on the connection (RFC 9112, section 9.3).
    package var keepsConnection: Bool {
        let words = all("Connection").flatMap { $0.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" } }
        if words.contains("close") { return false }
        if case .http(let major, let minor) = version, (major, minor) >= (1, 1) { return true }
        return words.contains("keep-alive")
    }

    /// What the camera says that the body is: its first readable Content-Type; nil where there is none.
    package var mediaType: MediaType? {
        all("Content-Type").lazy.compactMap(MediaType.init).first
    }
}
