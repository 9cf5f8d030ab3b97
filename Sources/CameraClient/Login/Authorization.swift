/// The value of an Authorization field: bytes, since a Digest login repeats what the camera sent, which may be no UTF-8.
///
/// Nothing that describes it shows it: Basic's is the password itself.
package struct Authorization: Hashable, Sendable {
    package let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether it was made for one nonce.
    var isDigest: Bool { bytes.starts(with: "Digest ".utf8) }
}

extension Authorization: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        bytes = Array(text.utf8)
    }
}

extension Authorization: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "authorization" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
