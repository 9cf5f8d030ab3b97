import NIOCore
import NIOHTTP1
import Text

/// What a request gets.
enum Response {
    case answer(HTTPAnswer)
    /// An answer that takes a while; the closure is given the connection's event loop, and its future is completed there.
    case later((any EventLoop) -> EventLoopFuture<HTTPAnswer>)
    /// It takes a while to know what the request gets at all; as above.
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

/// Who publishes, and how the body is to be read.
struct PublishRequest: Sendable {
    var name: String
    var origin: ViewerOrigin
    var head: HTTPRequestHead
    /// What must not show of the login.
    var secrets = Secrets()
    /// Whether it is a relay that publishes, by the protocol of relays.
    var isRelay = false
}

/// How a viewer wants its stream, and who it is.
struct StreamRequest: Sendable {
    var form: StreamForm
    var wishes: ViewerWishes
    var origin: ViewerOrigin
    var admission = Admission.anonymous
    /// Whether limits of rates and times hold for it.
    var isCapped = true
    /// What the answer says of other sites' pages.
    var headers: HTTPHeaders
}

/// How a viewer wants its messages, and who it is.
struct WebSocketRequest: Sendable {
    var form: WebSocketForm
    var wishes: ViewerWishes
    var origin: ViewerOrigin
    var admission = Admission.anonymous
    /// Whether limits of rates and times hold for it.
    var isCapped = true
    /// Where a relay watches: its id, behind those of the relays that watch the source there.
    var chain: [String] = []
}
