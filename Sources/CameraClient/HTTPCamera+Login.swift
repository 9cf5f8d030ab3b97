import CameraURL
import NIOCore
import Text

/// How a camera's login is sent, and what is remembered of it.
extension HTTPCamera {
    /// Scheme, host and port: what one way to log in holds for.
    struct Origin: Hashable {
        let scheme: CameraURL.Scheme
        let host: String
        let port: Int

        init(_ url: CameraURL) {
            scheme = url.scheme
            host = url.host.lowercased()
            port = url.port
        }
    }

    /// The login for the first request at an address, or for the request behind a redirect; nil where the camera has to ask for it.
    func login(at url: CameraURL, isFirst: Bool, _ trial: LoginTrial) -> Authorization? {
        withAuthenticator(for: url) { authenticator in
            guard authenticator.isProven, trial.maySendEarly else {
                if isFirst { authenticator.beginWithoutLogin() } else { authenticator.goOnWithoutLogin() }
                return nil
            }
            return isFirst
                ? authenticator.begin(method: CameraRequest.method, target: url.target)
                : authenticator.goOn(method: CameraRequest.method, target: url.target)
        } ?? nil
    }

    /// Answers a 401; throws where there is no answer.
    func login(to head: ResponseHead, at url: CameraURL, hiding secrets: Secrets) throws(CameraError) -> Authorization {
        let challenges = Challenge.parse(bytes: head.allBytes("WWW-Authenticate"))
        let reply = withAuthenticator(for: url) {
            $0.answer(to: challenges, method: CameraRequest.method, target: url.target, cnonce: Self.makeNonce)
        }
        switch reply {
        case .authorization(let value): return value
        case .unsupported: throw .loginUnsupported(offered: Challenge.shown(head.all("WWW-Authenticate"), hiding: secrets))
        case .refused: throw .loginRefused(head.status)
        case nil: throw .loginRequired
        }
    }

    /// The camera has taken the login, which was sent to these origins on the way.
    func acceptLogin(at origins: Set<Origin>) {
        guard !origins.isEmpty else { return }
        memory.withLock { memory in for origin in origins { memory.authenticators[origin]?.accepted() } }
    }

    /// The camera does not take the login, which was sent to these origins on the way.
    func refuseLogin(at origins: Set<Origin>) {
        memory.withLock { memory in for origin in origins { memory.authenticators[origin]?.refused() } }
    }

    /// Whether the camera has taken the login at an address before.
    func isProven(at url: CameraURL) -> Bool {
        withAuthenticator(for: url) { $0.isProven } ?? false
    }

    /// Whether a login is under way that the camera has never taken, so that its answer will tell whether the login is right.
    func isOnTrial(at url: CameraURL) -> Bool {
        withAuthenticator(for: url) { $0.awaitsVerdict } ?? false
    }

    private func withAuthenticator<R>(for url: CameraURL, _ body: (inout Authenticator) -> R) -> R? {
        memory.withLock { memory in
            guard let login = memory.settings.url.login else { return nil }
            let origin = Origin(url)
            // Redirects may lead to a new port each time.
            if memory.authenticators.count >= Self.maxOrigins, memory.authenticators[origin] == nil {
                memory.authenticators = memory.authenticators.filter { $0.key == Origin(memory.settings.url) }
            }
            return body(&memory.authenticators[origin, default: Authenticator(login: login)])
        }
    }

    /// Origins of one camera that are remembered.
    private static let maxOrigins = 8

    /// 128 bits that nobody can foresee, as Digest wants them of the client.
    private static func makeNonce() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(generator.next(), radix: 16) + String(generator.next(), radix: 16)
    }

    // MARK: - Dials that are cut short

    /// Keeps the next dial waiting until the answer to a login is there whose dial was cut short: a wrong one would else go out
    /// again at once, and nobody would ever hear that it is wrong.
    func beginLateVerdict() {
        memory.withLock { $0.awaitsVerdict = true }
    }

    /// Takes what came of such a login.
    func endLateVerdict(_ answer: Exchange.LateAnswer, at url: CameraURL, hiding secrets: Secrets) {
        var error: CameraError?
        switch answer {
        case .head(let head) where head.showsThatLoginIsRight: acceptLogin(at: [Origin(url)])
        case .head(let head) where head.status == 401:
            do throws(CameraError) {
                _ = try login(to: head, at: url, hiding: secrets)
            } catch let failure {
                error = failure
            }
        case .head(let head) where head.status == 403: error = .loginRefused(403)
        case .head(let head) where (400..<500).contains(head.status):
            error = .afterLogin(.status(head.status, reason: head.reason, retryAfter: head.retryAfter))
        case .head, .unknown: break
        case .closed: error = .afterLogin(.closedBeforeHead)
        }
        if error != nil { refuseLogin(at: [Origin(url)]) }
        memory.withLock { memory in
            memory.awaitsVerdict = false
            memory.lateVerdict = error
        }
    }

    /// Waits for the answer to the login of a dial that was cut short, and throws it where it is a refusal.
    func takeLateVerdict() async throws(CameraError) {
        while memory.withLock({ $0.awaitsVerdict }) {
            do {
                try await eventLoop.wait(until: .now() + .milliseconds(20))
            } catch {
                throw .cancelled
            }
        }
        let verdict = memory.withLock { memory in
            defer { memory.lateVerdict = nil }
            return memory.lateVerdict
        }
        if let verdict { throw verdict }
    }
}

extension ResponseHead {
    /// Whether this answer to a login says that the login is right. A page does not: some cameras ask for the login with one.
    var showsThatLoginIsRight: Bool {
        guard (200..<300).contains(status) else { return status == 304 }
        return !(mediaType?.isText ?? false)
    }
}
