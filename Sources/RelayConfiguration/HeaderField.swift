/// A field that the operator adds to the requests sent to a camera. Its description hides the value, which may be a key.
package struct HeaderField: Hashable, Sendable {
    /// The name as written: a token (RFC 9110, 5.1).
    package var name: String
    /// The value, without control characters.
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension HeaderField: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(name): ***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
