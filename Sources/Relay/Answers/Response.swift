import NIOCore
import NIOHTTP1
import Text

/// The response to a request.
enum Response {
    case answer(HTTPAnswer)
    /// An answer that takes a while. The closure is given the connection's event loop, and its future is completed on that loop.
    case later((any EventLoop) -> EventLoopFuture<HTTPAnswer>)
    /// The response itself takes a while to decide; the closure is called as above.
    case undecided((any EventLoop) -> EventLoopFuture<Response>)
    case stream(Source, StreamRequest)
    case webSocket(Source, WebSocketRequest)
    /// The sources that there are for who asks, told again at each change.
    case list(Request)
    /// The body is a source's pictures.
    case publish(Source, PublishRequest)
    /// The connection becomes a WebSocket that brings a source's pictures.
    case publishSocket(Source, PublishRequest)
}

/// A publisher, and how the publisher's body is to be read.
struct PublishRequest: Sendable {
    var name: String
    var origin: ViewerOrigin
    var head: HTTPRequestHead
    /// The parts of the login that must not be shown.
    var secrets = Secrets()
    /// Whether the publisher is another relay, by the protocol that it asked for.
    var isRelay = false
}

/// A viewer of a stream, and the form and frames that it wants.
struct StreamRequest: Sendable {
    var form: StreamForm
    var wishes: ViewerWishes
    var origin: ViewerOrigin
    var admission = Admission.anonymous
    /// Whether limits of rates and times apply to the viewer.
    var isCapped = true
    /// The header fields that say what other sites' pages may do with the pictures.
    var headers: HTTPHeaders
}

/// A viewer over WebSocket, and the form and frames that it wants.
struct WebSocketRequest: Sendable {
    var form: WebSocketForm
    var wishes: ViewerWishes
    var origin: ViewerOrigin
    var admission = Admission.anonymous
    /// Whether limits of rates and times apply to the viewer.
    var isCapped = true
    /// Where a relay watches: its id, behind those of the relays that watch the source there.
    var chain: [String] = []
}
