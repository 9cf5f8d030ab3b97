import CameraURL
import MJPEG
import NIOCore
import NIOPosix

/// A camera that is read over HTTP: looks up, connects, logs in, follows redirects, and hands on the frames of the stream.
package struct HTTPCamera: Camera {
    /// What a connection to the camera needs to know.
    package struct Settings: Sendable {
        package var url: CameraURL
        /// Sent with each request, in place of our own fields of the same name.
        package var headers: [(name: String, value: String)]
        /// From the look-up to the end of the response head, for each request.
        package var connectTimeout: Duration
        /// The longest time between two whole frames.
        package var stallTimeout: Duration
        /// In bytes of JPEG.
        package var maxFrameSize: Int

        package init(
            url: CameraURL, headers: [(name: String, value: String)] = [], connectTimeout: Duration, stallTimeout: Duration,
            maxFrameSize: Int
        ) {
            self.url = url
            self.headers = headers
            self.connectTimeout = connectTimeout
            self.stallTimeout = stallTimeout
            self.maxFrameSize = maxFrameSize
        }
    }

    /// Redirects followed in one dial.
    static let maxRedirects = 5
    /// Requests in one dial, whatever the reason: a camera cannot keep us asking.
    static let maxRequests = 10

    private let settings: Settings
    private let eventLoop: any EventLoop
    private let resolver: HostResolver
    /// Kept between dials: the next one may log in at once.
    private var authenticator: Authenticator?

    /// Makes a camera that is read on `eventLoop`.
    package init(settings: Settings, eventLoop: any EventLoop, resolver: HostResolver) {
        self.settings = settings
        self.eventLoop = eventLoop
        self.resolver = resolver
        authenticator = settings.url.login.map { Authenticator(login: $0) }
    }

    package mutating func stream(to sink: FrameSink) async throws(CameraError) {
        var url = settings.url
        var redirects = 0
        var authorization = authenticator?.preemptive(method: CameraRequest.method, target: url.target)
        for _ in 0..<Self.maxRequests {
            let request = CameraRequest(url: url, extraFields: settings.headers, authorization: authorization)
            let head = try await exchange(request, with: url, sink: sink)
            switch head.status {
            case 401:
                authorization = try answer(to: head, target: url.target, mayLogIn: url.login != nil)
            case 301, 302, 303, 307, 308:
                redirects += 1
                guard redirects <= Self.maxRedirects else { throw .redirectedTooOften }
                url = try Redirect.resolve(location: head.first("Location") ?? "", from: url, allowOtherOrigin: false)
                // The login goes along within the origin only; `url.login` is nil beyond it.
                authorization = url.login == nil ? nil : authenticator?.preemptive(method: CameraRequest.method, target: url.target)
            case 403 where authorization != nil:
                throw .loginRefused(403)
            default:
                throw .status(head.status, reason: head.reason, retryAfter: head.first("Retry-After").flatMap { Int($0) })
            }
        }
        throw .redirectedTooOften
    }

    private mutating func answer(to head: ResponseHead, target: String, mayLogIn: Bool) throws(CameraError) -> String {
        guard mayLogIn, authenticator != nil else { throw .loginRequired }
        let challenges = Challenge.parse(head.all("WWW-Authenticate"))
        switch authenticator?.answer(to: challenges, method: CameraRequest.method, target: target, cnonce: Self.makeNonce) {
        case .authorization(let value): return value
        case .unsupported(let offered): throw .loginUnsupported(offered: offered)
        case .refused, nil: throw .loginRefused(head.status)
        }
    }

    /// 128 bits that nobody can foresee, as Digest wants them of the client.
    private static func makeNonce() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(generator.next(), radix: 16) + String(generator.next(), radix: 16)
    }

    /// Sends one request over a new connection. Returns the head of an answer that is no stream; a stream is passed on
    /// frame by frame, and its end is thrown.
    private func exchange(_ request: CameraRequest, with url: CameraURL, sink: FrameSink) async throws(CameraError) -> ResponseHead {
        let exchange = Exchange(eventLoop: eventLoop)
        do {
            return try await withTaskCancellationHandler {
                exchange.start(request, to: url, settings: settings, resolver: resolver, sink: sink)
                return try await exchange.outcome.get()
            } onCancel: {
                exchange.end(.failure(.cancelled))
            }
        } catch {
            throw error as? CameraError ?? .connection(reason: "\(error)")
        }
    }
}
