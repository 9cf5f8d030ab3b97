import Accounts
import Digests
import Logging
import NIOCore
import RelayConfiguration
import Text

extension Doors {
    /// What came of a look at a publisher's login.
    enum PublisherVerdict: Sendable {
        /// Right; who it is, by the login.
        case admitted(name: String)
        case refused(HTTPAnswer)
        /// A hash is being checked; the future is completed on the loop that is given.
        case checking(@Sendable (any EventLoop) -> EventLoopFuture<PublisherVerdict>)
    }

    /// Judges the password that somebody shows to publish `source`. Wrong ones count as those of viewers do.
    ///
    /// - Parameter password: the source's; nil for one that is not published, or not there, which must look the same.
    func judge(
        _ login: PublisherLogin, for source: String, _ password: Account.Password?, from origin: ViewerOrigin
    ) -> PublisherVerdict {
        if let wait = state.withLock({ $0.guesses.wait(of: origin.network, at: Self.steadyNow) }) {
            return .refused(.tooManyGuesses(wait: wait))
        }
        switch password {
        case .plain(let text):
            let right = login.readings.filter { MessageDigest.areEqual(Array(text.utf8), Array($0.password.utf8)) }
            return right.first.map { .admitted(name: $0.name) } ?? wrong(login, for: source, from: origin)
        case nil:
            return wrong(login, for: source, from: origin)
        case .hash:
            break
        }
        // Of a name that no user has, since it holds a control character.
        let account = password.map { Account(name: "\u{1}\(source)", password: $0) }
        let logins = login.readings.map { reading in
            let digest = MessageDigest.hmacSHA256(of: Array("\u{1}\(source)\n\(reading.password)".utf8), key: memoryKey)
            return (reading, Login(digest: digest, account: account))
        }
        if let known = state.withLock({ state in logins.first { state.isRight($0.1) } }) { return .admitted(name: known.0.name) }
        return .checking { eventLoop in
            let promise = eventLoop.makePromise(of: PublisherVerdict.self)
            let isTaken = self.checks.add {
                // Many guesses at a time are no more than one after the other.
                if let wait = self.state.withLock({ $0.guesses.wait(of: origin.network, at: Self.steadyNow) }) {
                    return promise.succeed(.refused(.tooManyGuesses(wait: wait)))
                }
                let known = self.state.withLock { state in logins.first { state.isRight($0.1) } }
                let right = known ?? logins.first { self.matches($0.0.password, account, account.map { [$0] } ?? []) }
                guard let right, let account else { return promise.succeed(self.wrong(login, for: source, from: origin)) }
                self.state.withLock { state in
                    state.right = state.right.filter { $0.value.name != account.name }
                    state.right[right.1.digest] = account
                }
                promise.succeed(.admitted(name: right.0.name))
            }
            if !isTaken { promise.succeed(.refused(.tooManyLogins)) }
            return promise.futureResult
        }
    }

    private func wrong(_ login: PublisherLogin, for source: String, from origin: ViewerOrigin) -> PublisherVerdict {
        state.withLock { $0.guesses.noteWrong(from: origin.network, at: Self.steadyNow) }
        var metadata: Logger.Metadata = ["address": "\(origin.host)", "source": "\(source.shown(limit: 64))"]
        // Elsewhere, what looks like a name may be part of a password.
        if login.place == .basic, let name = login.readings.first?.name { metadata["user"] = "\(name.shown(limit: 64))" }
        logger.warning("login failed", metadata: metadata)
        return .refused(.publisherLoginWanted)
    }
}

extension HTTPAnswer {
    /// What everybody gets who has to log in to publish, the same for a source that is there and one that is not.
    static let publisherLoginWanted = HTTPAnswer.text(
        .unauthorized, "log in to publish here: the source's password, with any user name",
        headers: ["WWW-Authenticate": "Basic realm=\"mjpeg-relay\", charset=\"UTF-8\""])
}
