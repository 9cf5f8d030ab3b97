import CameraURL
import NIOCore
import Text

/// One message for an address: a POST of JSON, with the same checks of certificates as for cameras.
///
/// A redirect is followed with the message where its status says that the address has changed (301, 307, 308), to the same host and
/// never from https to http. What else a receiver may mean by one (302 to a login page, 303) is an error, since the message would
/// be lost without a word.
package struct NoticePost: Sendable {
    /// From the look-up to the end of the answer's head, redirects included.
    package static let limit = Duration.seconds(10)
    /// Redirects followed.
    static let maxRedirects = 3

    private var url: CameraURL
    private let headers: [(name: String, value: String)]
    private let json: String
    private let trust: CertificateTrust
    /// What the receiver may repeat of its logins.
    private let secrets: Secrets

    package init(
        url: CameraURL, headers: [(name: String, value: String)], json: String, trust: CertificateTrust, hiding secrets: Secrets
    ) {
        self.secrets = secrets
        self.url = url
        self.headers = headers
        self.json = json
        self.trust = trust
    }

    /// Sends the message; returns when the receiver has said that it took it.
    package func send(
        on eventLoop: any EventLoop, resolver: HostResolver, within limit: Duration = NoticePost.limit
    ) async throws(NoticeError) {
        let deadline = NIODeadline.now() + TimeAmount(limit)
        var post = self
        for _ in 0...Self.maxRedirects {
            let head = try await post.exchange(on: eventLoop, resolver: resolver, until: deadline)
            switch head.status {
            case 200..<300: return
            case 301, 307, 308: try post.follow(head)
            case 300..<400 where head.status != 304:
                throw .redirected(head.status, to: post.target(of: head).map(Self.origin))
            default: throw .status(head.status, retryAfter: head.retryAfter)
            }
        }
        throw .redirected(308, to: nil)
    }

    private static func origin(_ url: CameraURL) -> String { "\(url.scheme)://\(url.hostField)".shown() }

    private func target(of head: ResponseHead) -> CameraURL? {
        try? Redirect.resolve(location: head.first("Location") ?? "", from: url, allowOtherHost: true, hiding: secrets)
    }

    private mutating func follow(_ head: ResponseHead) throws(NoticeError) {
        guard var next = target(of: head) else { throw .redirected(head.status, to: nil) }
        guard next.host.lowercased() == url.host.lowercased(), next.scheme == .https || url.scheme == .http else {
            throw .redirected(head.status, to: Self.origin(next))
        }
        // The login goes along to the same host: only to what is as well protected.
        next.login = url.login
        url = next
    }

    private func exchange(
        on eventLoop: any EventLoop, resolver: HostResolver, until deadline: NIODeadline
    ) async throws(NoticeError) -> ResponseHead {
        do throws(CameraError) {
            if url.scheme == .https { try CameraTLS.prepare(trust) }
        } catch {
            throw NoticeError(error)
        }
        let exchange = NoticeExchange(url: url, request: request, trust: trust, hiding: secrets, eventLoop: eventLoop)
        do {
            return try await withTaskCancellationHandler {
                exchange.start(resolver: resolver, until: deadline)
                return try await exchange.outcome.get()
            } onCancel: {
                exchange.end(.failure(.cancelled))
            }
        } catch {
            throw NoticeError(error as? CameraError ?? .connection(reason: "\(error)"))
        }
    }

    /// The bytes of the request; nothing in it can end a line before its time.
    private var request: ByteBuffer {
        var fields: [(name: String, value: String)] = [
            ("Host", url.hostField), ("User-Agent", "mjpeg-relay"), ("Accept", "*/*"), ("Connection", "close"),
            ("Content-Type", "application/json"),
        ]
        if let login = url.login {
            fields.append(("Authorization", "Basic " + Base64.encode("\(login.user):\(login.password)".utf8)))
        }
        let own = headers.filter { !$0.name.isEmpty && $0.name.utf8.allSatisfy(\.isTokenByte) && $0.name.lowercased() != "content-length" }
        let replaced = Set(own.map { $0.name.lowercased() })
        fields.removeAll { replaced.contains($0.name.lowercased()) }
        var buffer = ByteBuffer()
        buffer.writeString("POST ")
        buffer.writeBytes(url.target.utf8.filter { !$0.isControl && $0 != 0x20 })
        buffer.writeString(" HTTP/1.1\r\n")
        for (name, value) in fields + own {
            buffer.writeString("\(name): ")
            buffer.writeBytes(value.utf8.lazy.filter { !$0.isControl || $0.isBlank })
            buffer.writeString("\r\n")
        }
        buffer.writeString("Content-Length: \(json.utf8.count)\r\n\r\n\(json)")
        return buffer
    }
}
