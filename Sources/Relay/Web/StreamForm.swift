import MJPEG
import NIOCore
import NIOHTTP1

/// How parts are framed for a viewer.
package enum StreamForm: Equatable, Sendable {
    /// Header, picture, delimiter: every program reads this form, and Firefox shows each picture at once.
    case plain
    /// Picture, delimiter, and the next part's header: Chrome and Safari paint a part only when the next header block is complete, so that
    /// block is sent together with the picture.
    case ahead

    /// Chooses the form by the client: an `<img>` or a page of a WebKit or Chromium browser gets `ahead`, scripts and programs get `plain`.
    /// `?advance_headers=1` or `=0` overrides the choice; another value throws the sentence for a 400.
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

    /// The bytes before the first frame.
    var opening: ByteBuffer { self == .plain ? WireFormat.opening : WireFormat.aheadOpening }

    /// The bytes of one frame.
    func part(of frame: Frame) -> ByteBuffer { self == .plain ? frame.plainPart : frame.aheadPart }

    /// The bytes of the last frame of a stream that ends on purpose.
    func lastPart(of frame: Frame) -> ByteBuffer { self == .plain ? frame.lastPlainPart : frame.jpeg }
}
