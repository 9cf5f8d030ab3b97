import Text

/// What a camera said, as it may be shown: without logins, then without what moves a cursor or hides text, then cut.
///
/// A camera may repeat what it was sent, so the order matters: a text that is cut first may keep half a password, which nobody finds
/// any more. There is no other way from a camera's text into a ``CameraError`` or a ``CameraDescription``.
package struct CameraText: Hashable, Sendable {
    /// Where a text is cut that nobody wants longer, in Unicode scalars.
    package static let maxLength = 80

    /// The text that may be shown.
    package let shown: String

    /// Takes the whole of what the camera said.
    ///
    /// - Parameters:
    ///   - secrets: the logins that the camera knows of.
    ///   - isCut: whether the text's end is missing, so that its last bytes may be the beginning of a login.
    package init(_ text: String, hiding secrets: Secrets, limit: Int = maxLength, isCut: Bool = false) {
        let hidden = secrets.hide(in: text, isCut: isCut).shown(limit: .max)
        // Again, since what was taken out may have stood within a login.
        shown = secrets.hide(in: hidden, isCut: isCut).shown(limit: limit)
    }

    /// Takes a part of what the camera said; nil where there is none. `part` gets the whole text, the logins hidden already: to take a
    /// text apart may cut a login too, or change its case.
    package init?(_ text: String?, hiding secrets: Secrets, limit: Int = maxLength, part: (String) -> String?) {
        guard let text, let part = part(secrets.hide(in: text)) else { return nil }
        self.init(part, hiding: secrets, limit: limit)
    }

    package var isEmpty: Bool { shown.isEmpty }
}

extension CameraText: ExpressibleByStringLiteral {
    /// A text of our own.
    package init(stringLiteral text: String) {
        shown = text
    }
}

extension CameraText: CustomStringConvertible {
    package var description: String { shown }
}
