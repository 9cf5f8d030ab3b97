import Text

extension HeaderField {
    /// The most bytes of a field; nobody needs more.
    private static let maxLength = 8192

    /// Fields that only the program that sends a request can set rightly: they say where the request goes, where it ends, and what
    /// becomes of the connection (RFC 9110, 7.6.1).
    private static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    /// Takes a field that may stand in a request to a camera.
    init(checkedName name: String, value: String) throws(TextError) {
        let isToken = !name.isEmpty && name.utf8.allSatisfy(\.isTokenByte)
        guard isToken else { throw TextError(message: "this is no name of an HTTP header field") }
        guard !Self.reserved.contains(name.lowercased()) else {
            throw TextError(message: "'\(name)' cannot be set: the relay writes that field itself or must not send it")
        }
        guard !value.utf8.contains(where: { $0 != ASCII.tab && $0.isControl }) else {
            throw TextError(message: "the value of '\(name)' contains a control character")
        }
        guard name.utf8.count + value.utf8.count <= Self.maxLength else {
            throw TextError(message: "the field is longer than \(Self.maxLength) bytes")
        }
        self.init(name: name, value: value)
    }
}
