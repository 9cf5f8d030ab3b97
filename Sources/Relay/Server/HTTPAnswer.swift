import NIOCore
import NIOHTTP1

/// A whole answer as a value: everything but streams.
package struct HTTPAnswer: Sendable {
    package var status: HTTPResponseStatus
    /// Without framing fields; those are added when it is sent.
    package var headers: HTTPHeaders
    package var body: ByteBuffer

    /// Makes an answer that no cache keeps and no browser guesses about.
    package init(_ status: HTTPResponseStatus, type: String, body: ByteBuffer, headers: HTTPHeaders = [:]) {
        self.status = status
        self.headers = headers
        self.headers.replaceOrAdd(name: "Content-Type", value: type)
        self.headers.replaceOrAdd(name: "Cache-Control", value: "no-store, no-transform")
        self.headers.replaceOrAdd(name: "X-Content-Type-Options", value: "nosniff")
        self.body = body
    }

    /// One line of text, ended here.
    package static func text(_ status: HTTPResponseStatus, _ line: String, headers: HTTPHeaders = [:]) -> HTTPAnswer {
        HTTPAnswer(status, type: "text/plain; charset=utf-8", body: ByteBuffer(string: line + "\n"), headers: headers)
    }

    /// A page; it may load nothing but this relay's own pictures and its inline style.
    package static func html(_ page: String, headers: HTTPHeaders = [:]) -> HTTPAnswer {
        var headers = headers
        headers.add(
            name: "Content-Security-Policy",
            value: "default-src 'none'; img-src 'self'; style-src '\(PageStyle.hash)'; base-uri 'none'; form-action 'none'")
        return HTTPAnswer(.ok, type: "text/html; charset=utf-8", body: ByteBuffer(string: page), headers: headers)
    }

    package static func json(_ value: JSONValue) -> HTTPAnswer {
        HTTPAnswer(.ok, type: "application/json", body: ByteBuffer(string: value.description + "\n"), headers: CORS.headers)
    }
}

/// What other sites' pages may do with answers: show and read them, without credentials.
enum CORS {
    static let headers: HTTPHeaders = ["Access-Control-Allow-Origin": "*"]
}
