import MJPEG
import NIOCore
import NIOHTTP1

/// What every stream begins with.
enum StreamResponse {
    /// The response's head, close-delimited: no length, never chunked. `fields` say what other sites' pages may do with it.
    static func head(_ fields: HTTPHeaders) -> HTTPResponseHead {
        var headers = fields
        headers.add(name: "Date", value: HTTPDate.text(.now()))
        headers.add(name: "Content-Type", value: WireFormat.contentType)
        headers.add(name: "Connection", value: "close")
        headers.add(name: "Cache-Control", value: "no-store, no-transform")
        headers.add(name: "Pragma", value: "no-cache")
        // nginx would hold frames back until its buffer is full.
        headers.add(name: "X-Accel-Buffering", value: "no")
        headers.add(name: "X-Content-Type-Options", value: "nosniff")
        return HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
    }

    /// The head and what comes before the first frame, as bytes.
    static func opening(_ request: Server.StreamRequest) -> ByteBuffer {
        var bytes = ByteBuffer(string: "HTTP/1.1 200 OK\r\n")
        for field in head(request.headers).headers { bytes.writeString("\(field.name): \(field.value)\r\n") }
        bytes.writeString("\r\n")
        bytes.writeImmutableBuffer(request.form.opening)
        return bytes
    }
}
