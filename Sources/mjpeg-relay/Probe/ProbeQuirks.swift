import MJPEG

/// Explains to the operator how the relay reads an odd stream.
enum ProbeQuirks {
    /// Each quirk, and how the relay deals with it.
    static func readings(of quirks: Quirks) -> [(name: String, reading: String)] {
        words.filter { quirks.contains($0.0) }.flatMap { quirk, reading in quirk.names.map { ($0, reading) } }
    }

    private static let words: [(Quirks, String)] = [
        (.undeclaredBoundary, "learnt from the first delimiter"),
        (.otherBoundary, "the one that is sent counts"),
        (.declaredDashes, "with and without them"),
        (.bareDelimiter, "whole lines are compared"),
        (.closingDelimiter, "ends nothing"),
        (.doubledDelimiter, "the second one is skipped"),
        (.headerBehindDelimiter, "the rest of the line is a header line"),
        (.missingDelimiter, "the header lines begin the part"),
        (.lineFeeds, "each ends a line"),
        (.missingBlankLine, "the picture's first bytes end the header"),
        (.noContentLength, "a picture ends at its end marker, without delay"),
        (.unreadableContentLength, "as if there were none"),
        (.lengthTooLarge, "believed again once they are right; until then a picture ends at its end marker"),
        (.lengthTooSmall, "believed again once they are right; until then a picture ends at its end marker"),
        (.otherPartType, "judged by its content"),
        (.bytesBeforePicture, "cut off"),
        (.bytesBehindPicture, "kept as they are, within the length"),
        (.noEndOfImage, "passed on where its length is right or all of it is there"),
        (.otherPart, "viewers never see it"),
        (.emptyPart, "viewers never see it"),
        (.brokenPicture, "viewers never see it"),
        (.barePictures, "each is a frame"),
        (.fillerInPicture, "passed on; every decoder skips them"),
    ]
}
