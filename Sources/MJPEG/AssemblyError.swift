/// Why a camera's bytes cannot be read any further. The connection has to be closed.
package enum AssemblyError: Error, Hashable, Sendable {
    /// A frame is longer than the source allows.
    case frameTooLarge(limit: Int)
    /// A line of a part's header is longer than `PartHeader.maxLineLength`.
    case headerLineTooLong
    /// A part's header is longer than `PartHeader.maxLength`.
    case headerTooLong
    /// This many bytes contained no whole picture.
    case noPicture(bytes: Int)
}

extension AssemblyError: CustomStringConvertible {
    /// The operator's sentence.
    package var description: String {
        switch self {
        case .frameTooLarge(let limit):
            "a frame is larger than \(limit) bytes; if the camera is right, raise max_frame_size"
        case .headerLineTooLong:
            "a header line of a part is longer than \(PartHeader.maxLineLength) bytes; is this an MJPEG stream?"
        case .headerTooLong:
            "the header of a part is longer than \(PartHeader.maxLength) bytes; is this an MJPEG stream?"
        case .noPicture(let bytes):
            "no whole JPEG in \(bytes) bytes; this is no MJPEG stream, look for the camera's MJPEG address"
        }
    }
}
