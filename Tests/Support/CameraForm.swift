/// How a test camera frames its pictures. The standard form is a plain one; tests change what they are about.
package struct CameraForm: Sendable {
    package var statusLine: String
    /// The Content-Type's value; nil leaves the field out.
    package var contentType: String?
    /// What the delimiter lines say between their dashes and their end.
    package var boundary: String
    package var sendsLength: Bool
    package var isChunked: Bool

    package init(
        statusLine: String = "HTTP/1.0 200 OK", contentType: String? = "multipart/x-mixed-replace;boundary=camera",
        boundary: String = "camera", sendsLength: Bool = true, isChunked: Bool = false
    ) {
        self.statusLine = statusLine
        self.contentType = contentType
        self.boundary = boundary
        self.sendsLength = sendsLength
        self.isChunked = isChunked
    }

    /// The response head.
    package var head: String {
        var head = statusLine + "\r\nServer: test camera\r\n"
        if let contentType { head += "Content-Type: \(contentType)\r\n" }
        if isChunked { head += "Transfer-Encoding: chunked\r\n" }
        return head + "\r\n"
    }

    /// One part: delimiter, header, picture, line end. The next delimiter comes with the next part.
    package func part(_ jpeg: [UInt8]) -> [UInt8] {
        var header = "--\(boundary)\r\nContent-Type: image/jpeg\r\n"
        if sendsLength { header += "Content-Length: \(jpeg.count)\r\n" }
        return Array((header + "\r\n").utf8) + jpeg + Array("\r\n".utf8)
    }

    /// `bytes` as chunks of these sizes in turn.
    package static func chunks(_ bytes: [UInt8], sizes: [Int]) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(sizes[chunks.count % sizes.count])
            rest = rest.dropFirst(piece.count)
            chunks.append(Array((String(piece.count, radix: 16) + "\r\n").utf8) + piece + Array("\r\n".utf8))
        }
        return chunks
    }
}
