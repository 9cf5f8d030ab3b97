extension TestCamera {
    /// A request as it came.
    package struct Request: Sendable {
        /// Counts the camera's connections from 0.
        package let connection: Int
        /// Counts the connection's requests from 0.
        package let number: Int
        /// The head, its lines separated by CRLF.
        package let text: String

        package init(connection: Int, number: Int, text: String) {
            self.connection = connection
            self.number = number
            self.text = text
        }

        /// A field's value, nil where it is missing.
        package func field(_ name: String) -> String? {
            let start = "\(name.lowercased()):"
            return text.split(separator: "\r\n").first { $0.lowercased().hasPrefix(start) }
                .map { String($0.dropFirst(start.count).drop { $0 == " " || $0 == "\t" }) }
        }

        /// The request target.
        package var target: String { String(text.split(separator: " ").dropFirst().first ?? "") }
    }
}
