import NIOCore
import NIOHTTP1

/// A whole answer as a value: everything but streams.
package struct HTTPAnswer: Sendable {
    package var status: HTTPResponseStatus
    /// Without framing fields; those are added when it is sent.
    package var headers: HTTPHeaders
    package var body: ByteBuffer
    /// Whether the connection ends behind it, whatever the client wishes.
    var endsConnection = false
    /// Whether the connection is cut soon behind it, however much the client still sends: some programs see a refusal only so.
    var cutsOff = false
    /// Whether it refuses what would be given if a proxy in between were trusted, as far as can be told.
    var suspectsProxy = false

    /// Makes an answer that no cache keeps and no browser guesses about.
    package init(_ status: HTTPResponseStatus, type: String, body: ByteBuffer, headers: HTTPHeaders = [:]) {
        self.status = status
        self.headers = headers
        self.headers.replaceOrAdd(name: "Content-Type", value: type)
        self.headers.replaceOrAdd(name: "Cache-Control", value: "no-store, no-transform")
        self.headers.replaceOrAdd(name: "X-Content-Type-Options", value: "nosniff")
        self.body = body
    }

    /// Whether a browser shows it as a page.
    var isPage: Bool { headers.first(name: "Content-Type")?.hasPrefix("text/html") ?? false }

    /// The same answer, behind which the connection ends.
    var endingConnection: HTTPAnswer {
        var answer = self
        answer.endsConnection = true
        return answer
    }

    /// The same answer, soon behind which the connection is cut.
    var cuttingOff: HTTPAnswer {
        var answer = endingConnection
        answer.cutsOff = true
        return answer
    }

    /// The same answer, of which operators are told that a proxy may be its reason.
    var suspectingProxy: HTTPAnswer {
        var answer = self
        answer.suspectsProxy = true
        return answer
    }

    /// One line of text, ended here.
    package static func text(_ status: HTTPResponseStatus, _ line: String, headers: HTTPHeaders = [:]) -> HTTPAnswer {
        HTTPAnswer(status, type: "text/plain; charset=utf-8", body: ByteBuffer(string: line + "\n"), headers: headers)
    }

    /// A page; it may load nothing but this relay's own files and pictures. `frameAncestors` says who may frame
    /// it, as the policy writes it.
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
