/// Thrown when what was waited for did not happen; the text says what that was.
package struct NeverHappened: Error, CustomStringConvertible {
    package let description: String

    package init(_ what: String, within limit: Duration) {
        description = "not within \(limit): \(what)"
    }
}
