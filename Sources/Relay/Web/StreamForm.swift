import MJPEG
import NIOCore
import NIOHTTP1

/// How parts are framed for a viewer.
package enum StreamForm: Equatable, Sendable {
    /// Header, picture, delimiter: what every program reads, and Firefox shows at once.
    case plain
    /// Picture, delimiter, and the next part's header: Chrome and Safari paint a part only when the next header block is
    /// complete, so it goes out with this part's picture.
    case ahead

    /// Chooses by who asks: an `<img>` or a page of a WebKit or Chromium browser gets `ahead`, scripts and programs `plain`;
    /// `?advance_headers=1` or `=0` decides for itself; throws the sentence for a 400.
    init(headers: HTTPHeaders, target: RequestTarget) throws(QueryError) {
        switch try target.flag("advance_headers") {
        case true?: self = .ahead
        case false?: self = .plain
        case nil:
            let accept = headers["Accept"].joined(separator: ",").lowercased()
            let isBrowser = headers["User-Agent"].contains { $0.contains("AppleWebKit/") }
            self = isBrowser && (accept.contains("image/") || accept.contains("text/html")) ? .ahead : .plain
        }
    }

    /// What comes before the first frame.
    var opening: ByteBuffer { self == .plain ? WireFormat.opening : WireFormat.aheadOpening }

    /// One frame as it goes out.
    func part(of frame: Frame) -> ByteBuffer { self == .plain ? frame.plainPart : frame.aheadPart }

    /// The last frame of a stream that ends on purpose.
    func lastPart(of frame: Frame) -> ByteBuffer { self == .plain ? frame.lastPlainPart : frame.jpeg }
}
