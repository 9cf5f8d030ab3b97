import Foundation
import NIOCore
import TestSupport

/// One part of a stream, read strictly: anything that is not the wire format to the byte is an error.
struct StreamPart: Sendable {
    /// The header block as sent, its blank line included; empty in ahead form, where it came with the part before.
    let header: String
    let jpeg: [UInt8]
    /// Whether the stream ended behind the JPEG, without a delimiter.
    var isLast = false

    /// What `X-Frame-Kind` says; nil for a live frame, which carries none.
    var kind: String? { header.firstMatch(of: /\r\nX-Frame-Kind: ([a-z]+)\r\n/).map { String($0.1) } }

    /// The number of the test picture; nil if it is none, or torn.
    var number: Int? { TestPicture.number(of: jpeg) }

    /// Seconds since the epoch; nil if the field is not in the form that it must have.
    var timestamp: Double? {
        guard let match = header.firstMatch(of: /\r\nX-Timestamp: ([0-9]+\.[0-9]{6})\r\n/) else { return nil }
        return Double(match.1)
    }

    /// Takes a plain part: header, JPEG, and the delimiter that was sent with them; only the last one of a stream has none.
    static func readPlain(_ bytes: inout ByteBuffer, boundary: String, hasEnded: Bool) throws -> StreamPart? {
        guard let header = bytes.readHead() else { return nil }
        let form =
            /Content-Type: image\/jpeg\r\nContent-Length: ([1-9][0-9]*)\r\nX-Timestamp: [0-9]+\.[0-9]{6}\r\n(X-Frame-Kind: (repeat|placeholder)\r\n)?\r\n/
        guard let match = header.wholeMatch(of: form), let length = Int(match.1) else { throw NotTheWireFormat(header) }
        guard let jpeg = bytes.readBytes(length: length) else { return nil }
        if hasEnded, bytes.readableBytes == 0 { return StreamPart(header: header, jpeg: jpeg, isLast: true) }
        let delimiter = "\r\n--\(boundary)\r\n"
        guard let end = bytes.readString(length: delimiter.utf8.count) else { return nil }
        guard end == delimiter else { throw NotTheWireFormat(end) }
        return StreamPart(header: header, jpeg: jpeg)
    }

    /// Takes a part in ahead form: JPEG, delimiter, and the next part's header.
    static func readAhead(_ bytes: inout ByteBuffer, boundary: String) throws -> StreamPart? {
        let trailer = Array("\r\n--\(boundary)\r\nContent-Type: image/jpeg\r\n\r\n".utf8)
        guard let end = bytes.readableBytesView.firstRange(of: trailer) else { return nil }
        let jpeg = bytes.readBytes(length: end.lowerBound - bytes.readerIndex) ?? []
        bytes.moveReaderIndex(forwardBy: trailer.count)
        return StreamPart(header: "", jpeg: jpeg)
    }

    struct NotTheWireFormat: Error, CustomStringConvertible {
        let description: String
        init(_ text: String) { description = "not the wire format: '\(text.prefix(300))'" }
    }
}
