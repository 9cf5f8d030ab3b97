/// The quirks of a camera's stream that the relay tolerates, for the status and `probe`.
package struct Quirks: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The response declared no boundary.
    package static let undeclaredBoundary = Quirks(rawValue: 1 << 0)
    /// The delimiters have another name than the declared one.
    package static let otherBoundary = Quirks(rawValue: 1 << 1)
    /// The boundary is declared with leading dashes.
    package static let declaredDashes = Quirks(rawValue: 1 << 2)
    /// The delimiter is the bare boundary.
    package static let bareDelimiter = Quirks(rawValue: 1 << 3)
    /// A delimiter looked like the last delimiter of a stream.
    package static let closingDelimiter = Quirks(rawValue: 1 << 4)
    /// A delimiter came twice.
    package static let doubledDelimiter = Quirks(rawValue: 1 << 5)
    /// A header line stood right behind the delimiter.
    package static let headerBehindDelimiter = Quirks(rawValue: 1 << 6)
    /// A part began without a delimiter.
    package static let missingDelimiter = Quirks(rawValue: 1 << 7)
    /// Lines end in LF alone.
    package static let lineFeeds = Quirks(rawValue: 1 << 8)
    /// No blank line between header and picture.
    package static let missingBlankLine = Quirks(rawValue: 1 << 9)
    /// A part without Content-Length.
    package static let noContentLength = Quirks(rawValue: 1 << 10)
    /// A Content-Length that is no number, or an impossible one.
    package static let unreadableContentLength = Quirks(rawValue: 1 << 11)
    /// A Content-Length beyond the end of the picture.
    package static let lengthTooLarge = Quirks(rawValue: 1 << 12)
    /// A Content-Length short of the end of the picture.
    package static let lengthTooSmall = Quirks(rawValue: 1 << 13)
    /// A picture without a media type, or with another than image/jpeg.
    package static let otherPartType = Quirks(rawValue: 1 << 14)
    /// Bytes before a picture's start were cut off.
    package static let bytesBeforePicture = Quirks(rawValue: 1 << 15)
    /// Bytes behind a picture's end, within its length, were kept.
    package static let bytesBehindPicture = Quirks(rawValue: 1 << 16)
    /// A picture without its end marker was passed on.
    package static let noEndOfImage = Quirks(rawValue: 1 << 17)
    /// A part that is no picture was dropped.
    package static let otherPart = Quirks(rawValue: 1 << 18)
    /// An empty part was dropped.
    package static let emptyPart = Quirks(rawValue: 1 << 19)
    /// A picture that was cut, merged with another or broken was dropped.
    package static let brokenPicture = Quirks(rawValue: 1 << 20)
    /// Pictures that are no parts.
    package static let barePictures = Quirks(rawValue: 1 << 21)

    /// Bytes between a picture's segments, which decoders pass over, were kept.
    package static let fillerInPicture = Quirks(rawValue: 1 << 22)

    /// All quirks in plain words, in a fixed order.
    package var names: [String] {
        Quirks.words.compactMap { contains($0.0) ? $0.1 : nil }
    }

    private static let words: [(Quirks, String)] = [
        (.undeclaredBoundary, "undeclared boundary"),
        (.otherBoundary, "boundary other than the declared one"),
        (.declaredDashes, "boundary declared with dashes"),
        (.bareDelimiter, "delimiter without dashes"),
        (.closingDelimiter, "delimiter that looks like the last one"),
        (.doubledDelimiter, "delimiter twice"),
        (.headerBehindDelimiter, "header right behind the delimiter"),
        (.missingDelimiter, "part without a delimiter"),
        (.lineFeeds, "lines end in LF alone"),
        (.missingBlankLine, "no blank line before a picture"),
        (.noContentLength, "no Content-Length"),
        (.unreadableContentLength, "unreadable Content-Length"),
        (.lengthTooLarge, "Content-Length too large"),
        (.lengthTooSmall, "Content-Length too small"),
        (.otherPartType, "part type other than image/jpeg"),
        (.bytesBeforePicture, "bytes before SOI"),
        (.bytesBehindPicture, "bytes after EOI"),
        (.noEndOfImage, "no EOI"),
        (.otherPart, "dropped a part that is no picture"),
        (.emptyPart, "dropped an empty part"),
        (.brokenPicture, "dropped a broken picture"),
        (.barePictures, "JPEGs without parts"),
        (.fillerInPicture, "bytes between a picture's segments"),
    ]
}
