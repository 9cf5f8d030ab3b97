import CameraURL
import MJPEG
import NIOCore
import Text

/// One dial: all requests until there is something to see, or until it is clear that there is nothing.
extension HTTPCamera {
    /// Redirects followed in one dial.
    static let maxRedirects = 5
    /// Requests in one dial, whatever the reason: a camera cannot keep us asking.
    static let maxRequests = 10
    /// The longest wait for the answer to a login on the connection of its challenge, before another is tried: some cameras leave
    /// the connection open and never look at it again.
    private static let maxWaitOnKeptConnection = Duration.seconds(3)

    /// What one dial, or a row of polls, knows beyond the settings.
    struct Dial {
        /// Where to ask; redirects change it.
        var url: CameraURL
        /// A connection that waits for the next request.
        var connection: KeptConnection?
        /// Fields that ask for a picture only if it changed.
        var conditions: [(String, String)] = []
        /// The longest wait for an answer's head, and the longest silence in it, where there is time to ask once more; nil for as long
        /// as the settings allow.
        var maxWait: Duration?
        var maxSilence: Duration?
        /// What the sink knows of the camera.
        var known: CameraDescription?
        /// Whether single pictures are asked for though the file does not say so.
        var isPolledUnasked = false
        var cookies = CookieJar()
        let trial = LoginTrial()
        /// The camera's host, and the address that its name turned out to have, in lower case.
        var homeHosts: Set<String>

        init(url: CameraURL) {
            self.url = url
            homeHosts = [url.host.lowercased()]
        }
    }

    /// Asks, logging in and following redirects as it must. Returns an answer that brings a picture, or says that there is no
    /// new one; a stream is passed on frame by frame, and its end is thrown.
    func ask(
        _ dial: inout Dial, for purpose: Inquiry.Purpose, sink: FrameSink
    ) async throws(CameraError) -> CameraAnswer {
        dial.trial.begin()
        do throws(CameraError) {
            return try await askOnTrial(&dial, for: purpose, sink: sink)
        } catch {
            let error = dial.trial.judged(error)
            if error.kind == .login { refuseLogin(at: dial.trial.origins) }
            throw error
        }
    }

    private func askOnTrial(
        _ dial: inout Dial, for purpose: Inquiry.Purpose, sink: FrameSink
    ) async throws(CameraError) -> CameraAnswer {
        var settings = settings
        if let maxWait = dial.maxWait { settings.connectTimeout = min(settings.connectTimeout, maxWait) }
        settings.certificateSigns = memory.withLock { $0.certificateSigns }
        var secrets = settings.allSecrets
        var redirects = 0
        var asked: Set<Origin> = [Origin(dial.url)]
        var authorization = mayLogIn(dial, settings) ? login(at: dial.url, isFirst: true, dial.trial) : nil
        var answersChallenge = false
        for _ in 0..<Self.maxRequests {
            dial.cookies.add(to: &secrets)
            let inquiry = inquiry(
                dial, for: purpose, sink: sink, settings, secrets, authorization: authorization, answersChallenge: answersChallenge)
            let answer = try await exchange(inquiry, &dial.connection, dial.trial)
            let head = answer.head
            dial.cookies.take(head, from: dial.url)
            if dial.url.hasSameOrigin(as: settings.url), let peer = answer.peer?.ipAddress { dial.homeHosts.insert(peer.lowercased()) }
            switch head.status {
            case 200 where answer.picture != nil, 304 where !dial.conditions.isEmpty:
                return answer
            case 401:
                guard mayLogIn(dial, settings) else { throw withheld(dial, settings, secrets) }
                if authorization != nil { dial.trial.doubt() }
                guard dial.trial.maySend else { throw .loginRefused(401) }
                authorization = try login(to: head, at: dial.url, hiding: secrets)
                answersChallenge = true
            case 301, 302, 303, 307, 308:
                redirects += 1
                guard redirects <= Self.maxRedirects else { throw .redirectedTooOften }
                let url = try Redirect.resolve(
                    location: head.first("Location") ?? "", from: dial.url, allowOtherHost: settings.allowsOtherOrigin,
                    sameHosts: dial.homeHosts, hiding: secrets)
                if !url.hasSameOrigin(as: dial.url) { dial.dropConnection() }
                if url.scheme == .https { try CameraTLS.prepare(settings.trust) }
                dial.url = url
                let isFirst = asked.insert(Origin(url)).inserted
                authorization = mayLogIn(dial, settings) ? login(at: url, isFirst: isFirst, dial.trial) : nil
                answersChallenge = false
            case 403 where authorization != nil:
                throw .loginRefused(403)
            default:
                throw .status(head.status, reason: head.reason, retryAfter: head.retryAfter)
            }
        }
        throw .redirectedTooOften
    }

    private func inquiry(
        _ dial: Dial, for purpose: Inquiry.Purpose, sink: FrameSink, _ settings: Settings, _ secrets: Secrets,
        authorization: Authorization?, answersChallenge: Bool
    ) -> Inquiry {
        let url = dial.url
        // The operator's own fields may hold keys: they stay within the origin.
        let own = url.hasSameOrigin(as: settings.url) ? settings.headers.map { ($0.name, $0.value) } : []
        var isPolling = false
        if case .picture = purpose { isPolling = true }
        // Some cameras take a nonce only on the connection on which they sent it, so that connection is kept for the login.
        let mayBeChallenged = mayLogIn(dial, settings) && !answersChallenge
        let request = CameraRequest(
            url: url, extraFields: dial.cookies.added(to: own, for: url) + dial.conditions, authorization: authorization,
            keepsConnection: isPolling || mayBeChallenged)
        let isOnTrial = authorization != nil && isOnTrial(at: url)
        let trial = dial.trial
        let isProven = authorization != nil && isProven(at: url)
        return Inquiry(
            request: request, purpose: purpose, sink: sink, settings: settings, secrets: secrets,
            stallTimeout: { self.settings.effectiveStallTimeout }, maxSilence: dial.maxSilence, known: dial.known,
            oddities: memory.withLock { $0.oddities },
            isPolledUnasked: dial.isPolledUnasked,
            answersChallenge: answersChallenge, isLoginOnTrial: isOnTrial,
            sent: { if authorization != nil { trial.sent(to: Origin(url), isProven: isProven) } },
            headCame: { head in if head.showsThatLoginIsRight { self.acceptLogin(at: trial.taken()) } },
            pictureCame: { self.acceptLogin(at: trial.taken()) })
    }

    /// Whether the login may be sent to an address: only to the camera's own host, and never in a weaker way than its URL says.
    private func mayLogIn(_ dial: Dial, _ settings: Settings) -> Bool {
        guard settings.url.login != nil, dial.homeHosts.contains(dial.url.host.lowercased()) else { return false }
        return settings.url.scheme == .http || dial.url.scheme == .https
    }

    /// Why no login is given where one is asked for.
    private func withheld(_ dial: Dial, _ settings: Settings, _ secrets: Secrets) -> CameraError {
        guard settings.url.login != nil else { return .loginRequired }
        return .loginWithheld(
            origin: CameraText("\(dial.url.scheme)://\(dial.url.hostField)", hiding: secrets),
            isUnencrypted: dial.homeHosts.contains(dial.url.host.lowercased()))
    }

    /// Sends one request over the connection that was kept, else over a new one, and leaves the one to be kept.
    private func exchange(
        _ inquiry: Inquiry, _ connection: inout KeptConnection?, _ trial: LoginTrial
    ) async throws(CameraError) -> CameraAnswer {
        let kept = connection
        connection = nil
        if let kept, mayReuse(for: inquiry) {
            let limit = inquiry.answersChallenge ? min(Self.maxWaitOnKeptConnection, inquiry.settings.connectTimeout / 2) : nil
            let start = NIODeadline.now()
            do throws(CameraError) {
                let answer = try await exchange(inquiry, over: kept, within: limit)
                connection = answer.connection
                return answer
            } catch {
                // The camera may have closed the connection since its last answer; that is no failure.
                guard error.isEndedBeforeAnswer else { throw error }
                // The camera asked for the login and may have looked at it: closing is then its answer.
                guard inquiry.request.authorization == nil || trial.maySend else { throw .loginRefused(401) }
                if let limit, .now() - start >= TimeAmount(limit) { memory.withLock { $0.ignoresKeptConnections = true } }
            }
        } else {
            kept?.close()
        }
        let answer = try await connectAndExchange(inquiry)
        connection = answer.connection
        return answer
    }

    /// Sends one request over a new connection; twice where the camera's certificate, which nobody checks, allows only another
    /// kind of handshake. That is remembered.
    private func connectAndExchange(_ inquiry: Inquiry) async throws(CameraError) -> CameraAnswer {
        do throws(CameraError) {
            return try await exchange(inquiry, over: nil, within: nil)
        } catch {
            let isChecked = inquiry.settings.trust == .authorities
            guard error == .certificateUse, !isChecked, inquiry.settings.certificateSigns else { throw error }
            memory.withLock { $0.certificateSigns = false }
            var again = inquiry
            again.settings.certificateSigns = false
            do throws(CameraError) {
                return try await exchange(again, over: nil, within: nil)
            } catch {
                memory.withLock { $0.certificateSigns = true }
                guard case .tls = error else { throw error }
                throw .certificateUse
            }
        }
    }

    /// Whether a request goes out on the connection that was kept. Only a nonce ties a login to its connection.
    private func mayReuse(for inquiry: Inquiry) -> Bool {
        guard inquiry.answersChallenge, inquiry.purpose.isStream else { return true }
        return inquiry.request.authorization?.isDigest == true && !memory.withLock { $0.ignoresKeptConnections }
    }

    private func exchange(
        _ inquiry: Inquiry, over connection: KeptConnection?, within limit: Duration?
    ) async throws(CameraError) -> CameraAnswer {
        let exchange = Exchange(eventLoop: eventLoop)
        let url = inquiry.request.url
        do {
            return try await withTaskCancellationHandler {
                if let connection {
                    exchange.start(inquiry, over: connection, within: limit ?? inquiry.settings.connectTimeout)
                } else {
                    exchange.start(inquiry, resolver: resolver)
                }
                return try await exchange.outcome.get()
            } onCancel: {
                if inquiry.isLoginOnTrial {
                    self.beginLateVerdict()
                    exchange.abandon { self.endLateVerdict($0, at: url, hiding: inquiry.secrets) }
                } else {
                    exchange.end(.failure(.cancelled))
                }
            }
        } catch {
            throw error as? CameraError ?? .connection(reason: "\(error)")
        }
    }
}

extension HTTPCamera.Dial {
    /// Ends the connection that was kept.
    mutating func dropConnection() {
        connection?.close()
        connection = nil
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
