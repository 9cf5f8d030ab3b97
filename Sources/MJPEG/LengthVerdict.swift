/// What a picture's end says of the Content-Length that its part had.
package enum LengthVerdict: Hashable, Sendable {
    /// There was none, it was not believed, or nothing contradicts it.
    case unknown
    /// The picture ends where it says.
    case right
    /// The next part began before it was full.
    case tooLarge
    /// The picture went on behind it.
    case tooSmall
}
