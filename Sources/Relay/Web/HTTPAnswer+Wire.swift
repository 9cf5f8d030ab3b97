import MJPEG
import NIOCore
import NIOHTTP1

extension HTTPAnswer {
    /// The answer's head as bytes, with the fields that frame its body.
    ///
    /// - Parameters:
    ///   - request: the request that is answered; nil where the request could not be read.
    ///   - keepAlive: for how many idle seconds the connection stays open after the answer; nil if the connection ends.
    func head(for request: HTTPRequestHead?, keepAlive: Int64?) -> ByteBuffer {
        var headers = headers
        headers.replaceOrAdd(name: "Date", value: HTTPDate.text(.now()))
        if status.mayHaveResponseBody {
            headers.replaceOrAdd(name: "Content-Length", value: String(body.readableBytes))
        }
        if let keepAlive {
            if request?.version == .http1_0 { headers.replaceOrAdd(name: "Connection", value: "keep-alive") }
            headers.add(name: "Keep-Alive", value: "timeout=\(keepAlive)")
        } else {
            // 426 names the upgrade in this field too (RFC 9110, 7.8).
            headers.add(name: "Connection", value: "close")
        }
        return Self.head(status, headers)
    }

    /// The head of any response as bytes, up to and with its blank line.
    static func head(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(512)
        bytes.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        for field in headers {
            bytes.writeString(field.name)
            bytes.writeString(": ")
            bytes.writeString(field.value)
            bytes.writeString("\r\n")
        }
        bytes.writeString("\r\n")
        return bytes
    }
}
