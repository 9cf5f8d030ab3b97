import NIOCore
import NIOHTTP1

/// What a request gets.
enum Response {
    case answer(HTTPAnswer)
    /// An answer that takes a while; the closure is given the connection's event loop, and its future is completed there.
    case later((any EventLoop) -> EventLoopFuture<HTTPAnswer>)
    /// It takes a while to know what the request gets at all; as above.
    case undecided((any EventLoop) -> EventLoopFuture<Response>)
    case stream(Source, StreamRequest)
    case webSocket(Source, WebSocketRequest)
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
}
