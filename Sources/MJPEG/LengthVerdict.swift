/// What a picture's end says about its part's Content-Length.
package enum LengthVerdict: Hashable, Sendable {
    /// The length was missing or not believed, or nothing contradicts it.
    case unknown
    /// The picture ends where the length says.
    case right
    /// The next part began before the length was full.
    case tooLarge
    /// The picture went on behind the full length.
    case tooSmall
}
