import CameraURL
import NIOCore
import Text

/// One GET for a camera, written so that nothing in it can end a line before its time.
///
/// It says HTTP/1.1, as browsers, curl and ffmpeg do, so that cameras answer as they do to those; what 1.1 allows them (chunks,
/// interim heads) is read anyway. It asks for `Connection: close`, since D-Link sends blank lines first where it keeps a connection.
package struct CameraRequest: Sendable {
    package var url: CameraURL
    /// Fields of the operator; each replaces all defaults of its name. Fields whose name is no token are left out.
    package var extraFields: [(String, String)]
    /// The value of the Authorization field.
    package var authorization: Authorization?
    /// Whether the connection shall stay open for another request, as a polled source wants it.
    package var keepsConnection: Bool

    package init(
        url: CameraURL, extraFields: [(String, String)] = [], authorization: Authorization? = nil, keepsConnection: Bool = false
    ) {
        self.url = url
        self.extraFields = extraFields
        self.authorization = authorization
        self.keepsConnection = keepsConnection
    }

    /// The method of every request, as Digest logins hash it.
    package static let method = "GET"

    /// Appends the request head to `buffer`.
    package func write(into buffer: inout ByteBuffer) {
        var fields: [(name: String, value: String)] = [
            ("Host", url.hostField),
            ("User-Agent", "mjpeg-relay"),
            ("Accept", "multipart/x-mixed-replace, image/jpeg, */*;q=0.5"),
            ("Connection", keepsConnection ? "keep-alive" : "close"),
        ]
        let extra = extraFields.filter { !$0.0.isEmpty && $0.0.utf8.allSatisfy(\.isTokenByte) }
        let replaced = Set(extra.map { $0.0.lowercased() })
        fields.removeAll { replaced.contains($0.name.lowercased()) }
        let authorization = replaced.contains("authorization") ? nil : authorization

        buffer.writeString(Self.method)
        buffer.writeString(" ")
        buffer.writeBytes(url.target.utf8.filter { !$0.isControl && $0 != 0x20 })
        buffer.writeString(" HTTP/1.1\r\n")
        for (name, value) in fields { Self.write(name, Array(value.utf8), into: &buffer) }
        if let authorization { Self.write("Authorization", authorization.bytes, into: &buffer) }
        for (name, value) in extra { Self.write(name, Array(value.utf8), into: &buffer) }
        buffer.writeString("\r\n")
    }

    private static func write(_ name: String, _ value: [UInt8], into buffer: inout ByteBuffer) {
        buffer.writeString(name)
        buffer.writeString(": ")
        buffer.writeBytes(value.lazy.filter { !$0.isControl || $0.isBlank })
        buffer.writeString("\r\n")
    }
}

extension CameraRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The request as an operator may see it: no login, no field of the operator's.
    package var description: String { "\(Self.method) \(url)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
