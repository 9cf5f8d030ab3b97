import NIOCore

/// The form in which every stream is sent, whatever the camera's form is.
package enum WireFormat {
    /// The boundary parameter: a token that needs no quotes, has no leading dashes, and does not occur in a JPEG by chance.
    package static let boundary = "mjpeg-relay-7d1f0c53e9a84b26"

    /// The media type of a stream's response.
    package static let contentType = "multipart/x-mixed-replace; boundary=\(boundary)"

    /// The beginning of a plain stream's body: the first delimiter, without a line end before it.
    package static let opening = ByteBuffer(string: "--\(boundary)\r\n")

    /// The beginning of an ahead stream's body: the first delimiter and the header block of the first part.
    package static let aheadOpening = ByteBuffer(string: "--\(boundary)\r\nContent-Type: image/jpeg\r\n\r\n")

    /// The delimiter behind a JPEG.
    static let delimiter: [UInt8] = Array("\r\n--\(boundary)\r\n".utf8)

    /// The bytes behind every JPEG: the delimiter, and the header block that only the ahead form sends.
    static let trailer: [UInt8] = delimiter + Array("Content-Type: image/jpeg\r\n\r\n".utf8)

    /// The header block of a plain part.
    static func header(jpegLength: Int, timestamp: Timestamp, kind: Frame.Kind) -> String {
        // String interpolation would allocate memory for each value.
        var header = ""
        header.reserveCapacity(Frame.headroom)
        header += "Content-Type: image/jpeg\r\nContent-Length: "
        header += String(jpegLength)
        header += "\r\nX-Timestamp: "
        header += timestamp.description
        if kind != .live {
            header += "\r\nX-Frame-Kind: "
            header += kind.rawValue
        }
        header += "\r\n\r\n"
        return header
    }
}
