import MJPEG
import NIOCore
import NIOHTTP1

/// The beginning of every stream.
enum StreamResponse {
    /// The response's head as bytes. The body ends with the connection: it has no length and is never chunked, because some clients cannot
    /// read chunks. `fields` say what other sites' pages may do with the pictures.
    static func head(_ fields: HTTPHeaders) -> ByteBuffer {
        var headers = fields
        headers.add(name: "Date", value: HTTPDate.text(.now()))
        headers.add(name: "Content-Type", value: WireFormat.contentType)
        headers.add(name: "Connection", value: "close")
        headers.add(name: "Cache-Control", value: "no-store, no-transform")
        headers.add(name: "Pragma", value: "no-cache")
        // nginx would hold frames back until its buffer is full.
        headers.add(name: "X-Accel-Buffering", value: "no")
        headers.add(name: "X-Content-Type-Options", value: "nosniff")
        return HTTPAnswer.head(.ok, headers)
    }

    /// The head and the bytes before the first frame.
    static func opening(_ form: StreamForm, _ fields: HTTPHeaders) -> ByteBuffer {
        var bytes = head(fields)
        bytes.writeImmutableBuffer(form.opening)
        return bytes
    }
}
