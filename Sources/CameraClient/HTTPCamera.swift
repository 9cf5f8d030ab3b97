import CameraURL
import MJPEG
import NIOCore
import Synchronization

/// A camera that is read over HTTP: looks up, connects, logs in, follows redirects, and hands on the frames of the stream, or
/// of the pictures that it asks for one by one.
package final class HTTPCamera: Camera {
    /// Redirects followed in one dial.
    static let maxRedirects = 5
    /// Requests in one dial, whatever the reason: a camera cannot keep us asking.
    static let maxRequests = 10

    /// What outlives a dial.
    private struct Memory {
        var settings: Settings
        /// How the camera wants the login; nil where there is none.
        var authenticator: Authenticator?
    }

    let eventLoop: any EventLoop
    private let resolver: HostResolver
    private let memory: Mutex<Memory>

    /// Makes a camera that is read on `eventLoop`.
    package init(settings: Settings, eventLoop: any EventLoop, resolver: HostResolver) {
        self.eventLoop = eventLoop
        self.resolver = resolver
        memory = Mutex(Memory(settings: settings, authenticator: settings.url.login.map { Authenticator(login: $0) }))
    }

    /// How it is read now.
    var settings: Settings { memory.withLock { $0.settings } }

    /// Takes over settings with the same address and login: the stall timeout at once, the rest at the next dial.
    package func use(_ settings: Settings) {
        memory.withLock { $0.settings = settings }
    }

    package func stream(to sink: FrameSink) async throws(CameraError) {
        try await sink.attempt { (sink) throws(CameraError) in try await read(to: sink) }
    }

    private func read(to sink: FrameSink) async throws(CameraError) {
        let settings = settings
        if settings.url.scheme == .https || settings.allowsOtherOrigin { try CameraTLS.prepare(settings.trust) }
        if let interval = settings.interval {
            try await poll(every: interval, to: sink)
        } else {
            var dial = Dial(url: settings.url)
            _ = try await ask(&dial, for: .stream, sink: sink)
        }
    }

    /// What one dial, or a row of polls, knows beyond the settings.
    struct Dial {
        /// Where to ask; redirects change it.
        var url: CameraURL
        /// A connection that waits for the next request.
        var connection: KeptConnection?
        /// Fields that ask for a picture only if it changed.
        var conditions: [(String, String)] = []
        /// What the sink knows of the camera.
        var known: CameraDescription?
    }

    /// Asks, logging in and following redirects as it must. Returns an answer that brings a picture, or says that there is no
    /// new one; a stream is passed on frame by frame, and its end is thrown.
    func ask(
        _ dial: inout Dial, for purpose: Inquiry.Purpose, sink: FrameSink
    ) async throws(CameraError) -> CameraAnswer {
        let settings = settings
        var redirects = 0
        var authorization = isHome(dial.url) ? preemptive(dial.url) : nil
        for _ in 0..<Self.maxRequests {
            let isHome = isHome(dial.url)
            // The operator's own fields may hold keys: they stay within the origin, as the login does.
            let fields = (isHome ? settings.headers : []) + dial.conditions
            var isPolling = false
            if case .picture = purpose { isPolling = true }
            let request = CameraRequest(
                url: dial.url, extraFields: fields, authorization: authorization, keepsConnection: isPolling)
            let inquiry = Inquiry(
                request: request, purpose: purpose, sink: sink, settings: settings, stallTimeout: { self.settings.effectiveStallTimeout },
                known: dial.known)
            let answer = try await exchange(inquiry, &dial.connection)
            let head = answer.head
            switch head.status {
            case 200 where answer.picture != nil, 304 where !dial.conditions.isEmpty:
                return answer
            case 401:
                authorization = try self.answer(to: head, target: dial.url.target, mayLogIn: isHome)
            case 301, 302, 303, 307, 308:
                redirects += 1
                guard redirects <= Self.maxRedirects else { throw .redirectedTooOften }
                let url = try Redirect.resolve(
                    location: head.first("Location") ?? "", from: dial.url, allowOtherOrigin: settings.allowsOtherOrigin)
                if !url.hasSameOrigin(as: dial.url) {
                    dial.connection?.close()
                    dial.connection = nil
                }
                dial.url = url
                authorization = self.isHome(url) ? preemptive(url) : nil
            case 403 where authorization != nil:
                throw .loginRefused(403)
            default:
                throw .status(head.status, reason: head.reason, retryAfter: head.first("Retry-After").flatMap { Int($0) })
            }
        }
        throw .redirectedTooOften
    }

    /// Whether an address is of the camera that the login is for.
    private func isHome(_ url: CameraURL) -> Bool { url.hasSameOrigin(as: settings.url) }

    private func preemptive(_ url: CameraURL) -> String? {
        memory.withLock { $0.authenticator?.preemptive(method: CameraRequest.method, target: url.target) }
    }

    private func answer(to head: ResponseHead, target: String, mayLogIn: Bool) throws(CameraError) -> String {
        let challenges = Challenge.parse(head.all("WWW-Authenticate"))
        let reply = memory.withLock { memory in
            mayLogIn
                ? memory.authenticator?.answer(to: challenges, method: CameraRequest.method, target: target, cnonce: Self.makeNonce)
                : nil
        }
        switch reply {
        case .authorization(let value): return value
        case .unsupported(let offered): throw .loginUnsupported(offered: offered)
        case .refused: throw .loginRefused(head.status)
        case nil: throw .loginRequired
        }
    }

    /// 128 bits that nobody can foresee, as Digest wants them of the client.
    private static func makeNonce() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(generator.next(), radix: 16) + String(generator.next(), radix: 16)
    }

    /// Sends one request over the connection that was kept, else over a new one, and leaves the one to be kept.
    private func exchange(_ inquiry: Inquiry, _ connection: inout KeptConnection?) async throws(CameraError) -> CameraAnswer {
        let kept = connection
        connection = nil
        if let kept {
            do throws(CameraError) {
                let answer = try await exchange(inquiry, over: kept)
                connection = answer.connection
                return answer
            } catch {
                // The camera may have ended it since the last answer; that is no failure.
                guard error.isEndedBeforeAnswer else { throw error }
            }
        }
        let answer = try await exchange(inquiry, over: nil)
        connection = answer.connection
        return answer
    }

    private func exchange(_ inquiry: Inquiry, over connection: KeptConnection?) async throws(CameraError) -> CameraAnswer {
        let exchange = Exchange(eventLoop: eventLoop)
        do {
            return try await withTaskCancellationHandler {
                if let connection {
                    exchange.start(inquiry, over: connection)
                } else {
                    exchange.start(inquiry, resolver: resolver)
                }
                return try await exchange.outcome.get()
            } onCancel: {
                exchange.end(.failure(.cancelled))
            }
        } catch {
            throw error as? CameraError ?? .connection(reason: "\(error)")
        }
    }
}

extension CameraError {
    /// Whether the connection was gone before the camera answered.
    fileprivate var isEndedBeforeAnswer: Bool {
        switch self {
        case .closedBeforeHead, .connection: true
        default: false
        }
    }
}
