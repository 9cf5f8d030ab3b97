import CameraURL

extension SourceConfiguration.Upstream {
    /// The length in bytes that no address reaches on purpose; cameras' servers take far less.
    private static let maxLength = 8192

    /// Reads `http://…`, `https://…`, `ws://…`, `wss://…` or `file:PATH` (also `file:///PATH`). A path is taken as it is, without percent-decoding; a
    /// relative one starts at `folder`.
    init(text: String, folder: String) throws(TextError) {
        guard text.utf8.count <= Self.maxLength else {
            throw TextError(message: "the URL is longer than \(Self.maxLength) bytes")
        }
        if text.utf8.prefix(5).elementsEqual("file:".utf8) {
            self = .file(path: try Self.filePath(text.utf8.dropFirst(5), folder: folder))
            return
        }
        let schemes = [("ws://", "http://"), ("wss://", "https://")]
        let socket = schemes.first { text.lowercased().hasPrefix($0.0) }
        let url: CameraURL
        do {
            url = try CameraURL(socket.map { $0.1 + text.dropFirst($0.0.count) } ?? text)
        } catch {
            throw TextError(message: error.description)
        }
        guard socket != nil else {
            self = .camera(url)
            return
        }
        guard url.target != "/" else {
            throw TextError(message: "a relay's address needs the path of the source there, such as wss://cams.example/barn/ws")
        }
        self = .relay(url)
    }

    private static func filePath(_ text: Substring.UTF8View, folder: String) throws(TextError) -> String {
        var path = text
        if path.starts(with: "//".utf8) {
            path = path.dropFirst(2)
            guard path.first == UInt8(ascii: "/") else {
                throw TextError(message: "a file is named as file:PATH or file:///PATH, without a host")
            }
        }
        let name = String(Substring(path))
        guard !name.isEmpty else { throw TextError(message: "the file: URL names no file") }
        guard !name.hasControlCharacter else { throw TextError(message: "the file: URL contains a control character") }
        return PathText.resolved(name, folder: folder)
    }
}
