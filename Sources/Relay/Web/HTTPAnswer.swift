import NIOCore
import NIOHTTP1

/// A whole answer as a value: everything but streams.
package struct HTTPAnswer: Sendable {
    package var status: HTTPResponseStatus
    /// Without the fields that frame the body; ``head(for:keepAlive:)`` adds them.
    package var headers: HTTPHeaders
    package var body: ByteBuffer
    /// Whether the connection ends after the answer, whatever the client wishes.
    var endsConnection = false
    /// Whether the connection is cut soon after the answer, even while the client still sends: some programs notice a refusal only then.
    var cutsOff = false
    /// Whether the answer is a refusal that probably would not happen if a proxy in between were in `trusted_proxies`.
    var suspectsProxy = false

    /// Makes an answer that no cache keeps and whose type no browser guesses.
    package init(_ status: HTTPResponseStatus, type: String, body: ByteBuffer, headers: HTTPHeaders = [:]) {
        self.status = status
        self.headers = headers
        self.headers.replaceOrAdd(name: "Content-Type", value: type)
        self.headers.replaceOrAdd(name: "Cache-Control", value: "no-store, no-transform")
        self.headers.replaceOrAdd(name: "X-Content-Type-Options", value: "nosniff")
        self.body = body
    }

    /// Whether a browser shows the answer as a page.
    var isPage: Bool { headers.first(name: "Content-Type")?.hasPrefix("text/html") ?? false }

    /// The same answer, after which the connection ends.
    var endingConnection: HTTPAnswer {
        var answer = self
        answer.endsConnection = true
        return answer
    }

    /// The same answer, soon after which the connection is cut.
    var cuttingOff: HTTPAnswer {
        var answer = endingConnection
        answer.cutsOff = true
        return answer
    }

    /// The same answer, marked so that operators are told of a proxy as its possible cause.
    var suspectingProxy: HTTPAnswer {
        var answer = self
        answer.suspectsProxy = true
        return answer
    }

    /// One line of text; its line end is added here.
    package static func text(_ status: HTTPResponseStatus, _ line: String, headers: HTTPHeaders = [:]) -> HTTPAnswer {
        HTTPAnswer(status, type: "text/plain; charset=utf-8", body: ByteBuffer(string: line + "\n"), headers: headers)
    }

    /// A page that may load only this relay's own files and pictures. `frameAncestors` is the value of the policy's directive of that name:
    /// who may frame the page.
    package static func html(_ page: String, frameAncestors: String = "'self'", headers: HTTPHeaders = [:]) -> HTTPAnswer {
        var headers = headers
        headers.add(name: "Content-Security-Policy", value: PagePolicy.text(frameAncestors: frameAncestors))
        headers.add(name: "Referrer-Policy", value: "same-origin")
        return HTTPAnswer(.ok, type: "text/html; charset=utf-8", body: ByteBuffer(string: page), headers: headers)
    }

    /// For the relay's own pages and for programs; other sites' pages may not read it.
    package static func json(_ value: JSONValue) -> HTTPAnswer {
        HTTPAnswer(.ok, type: "application/json", body: ByteBuffer(string: value.description + "\n"), headers: ["Vary": "Accept"])
    }
}
