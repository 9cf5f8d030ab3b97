import Accounts
import Digests
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import RelayConfiguration
import Synchronization
import Text

/// Looks whether what a request shows is right: who asks. What that one may see is ``Audience``'s. Any thread may call it.
final class Doors: Sendable {
    /// What came of a look.
    enum Verdict: Sendable {
        case admitted(Admission)
        case refused(HTTPAnswer)
        /// A password is being checked; the future is completed on the loop that is given.
        case checking(@Sendable (any EventLoop) -> EventLoopFuture<Verdict>)
    }

    private struct State {
        var guesses = GuessTable()
        /// Digests of the logins that were right, with the accounts that they were right for.
        var right: [[UInt8]: Account] = [:]
    }

    private let state = Mutex(State())
    private let checks = BackgroundWork()
    private let logger: Logger
    /// Of this run: what right logins are remembered by.
    private let memoryKey = Doors.randomBytes()
    /// Of this run: what cookies are signed with where the file names no key.
    private let ownSessionKey = Doors.randomBytes()

    init(logger: Logger) { self.logger = logger }

    /// Judges `credentials` that came from `origin` for a route of `source`, nil for one of none.
    func judge(_ credentials: Credentials, for source: String?, from origin: ViewerOrigin, _ access: AccessConfiguration) -> Verdict {
        switch credentials {
        case .none: .admitted(.anonymous)
        case .malformed: .refused(.loginWanted)
        case .link(let link): judge(link, for: source, access)
        case .cookies(let values): judge(values, access)
        case .login(let name, let password, _): judge(name, password, from: origin, access)
        }
    }

    /// The field that gives a browser a cookie of `account`, which it sends where it sends no login.
    ///
    /// - Parameter isEncrypted: whether the browser asks over https.
    func cookie(for account: Account, isEncrypted: Bool, _ access: AccessConfiguration) -> String {
        let value = SessionCookie.value(for: account, at: Self.now, key: sessionKey(access))
        // Without a path it holds for the folder of the page, which is right behind a proxy too.
        let attributes = "Max-Age=\(SessionCookie.lifetime); HttpOnly; SameSite=Lax"
        return "\(SessionCookie.name)=\(value); \(attributes)\(isEncrypted ? "; Secure" : "")"
    }

    /// Whether a browser should be given a new cookie of `account`: it has just logged in, or its cookie is half over.
    func wantsCookie(_ credentials: Credentials, _ access: AccessConfiguration) -> Bool {
        switch credentials {
        case .login(_, _, let isBasic): isBasic
        case .cookies(let values): (values.compactMap { account(of: $0, access)?.secondsLeft }.max() ?? 0) < SessionCookie.lifetime / 2
        case .none, .link, .malformed: false
        }
    }

    // MARK: - Links and cookies

    private func judge(_ link: SignedLink, for source: String?, _ access: AccessConfiguration) -> Verdict {
        guard let source else { return .refused(.linkOpensOneSource) }
        guard link.isSigned(for: source, by: access.linkKeys) else { return .refused(.loginWanted) }
        if let end = link.end, end <= Self.now { return .refused(.linkIsOver) }
        return .admitted(.link(source: source, link))
    }

    private func judge(_ values: [String], _ access: AccessConfiguration) -> Verdict {
        guard let account = values.lazy.compactMap({ self.account(of: $0, access)?.0 }).first else { return .refused(.cookieIsOver) }
        return .admitted(.user(account))
    }

    private func account(of value: String, _ access: AccessConfiguration) -> (Account, secondsLeft: Int)? {
        SessionCookie.account(of: value, among: access.users, at: Self.now, key: sessionKey(access))
    }

    private func sessionKey(_ access: AccessConfiguration) -> [UInt8] {
        access.sessionKey.map { Array($0.utf8) } ?? ownSessionKey
    }

    // MARK: - Passwords

    private func judge(_ name: String, _ password: String, from origin: ViewerOrigin, _ access: AccessConfiguration) -> Verdict {
        let address = origin.network
        let digest = MessageDigest.hmacSHA256(of: Array("\(name.utf8.count)\n\(name)\n\(password)".utf8), key: memoryKey)
        let (wait, known) = state.withLock { state in
            (state.guesses.wait(of: address, at: Self.steadyNow), state.right[digest])
        }
        // Also for a login that is remembered as right: else it could be guessed at without end.
        if let wait { return .refused(.tooManyGuesses(wait: wait)) }
        if let known, access.users.contains(known) { return .admitted(.user(known)) }
        let account = access.users.first { $0.name.utf8.elementsEqual(name.utf8) }
        // Somebody unknown costs as much as somebody known.
        let reference = Self.referenceHash(access.users)
        return .checking { eventLoop in
            let promise = eventLoop.makePromise(of: Verdict.self)
            let isTaken = self.checks.add {
                let isRight = Self.check(password, of: account, reference)
                self.note(isRight ? account : nil, digest, name, from: origin)
                promise.succeed(isRight ? account.map { .admitted(.user($0)) } ?? .refused(.loginWanted) : .refused(.loginWanted))
            }
            if !isTaken { promise.succeed(.refused(.tooManyLogins)) }
            return promise.futureResult
        }
    }

    private func note(_ account: Account?, _ digest: [UInt8], _ name: String, from origin: ViewerOrigin) {
        state.withLock { state in
            if let account {
                // What was right for an account that has changed since is forgotten with it.
                state.right = state.right.filter { $0.value.name != account.name }
                state.right[digest] = account
            } else {
                state.guesses.noteWrong(from: origin.network, at: Self.steadyNow)
            }
        }
        if account == nil {
            logger.warning("login failed", metadata: ["user": "\(name.shown(limit: 64))", "address": "\(origin.host)"])
        }
    }

    private static func check(_ password: String, of account: Account?, _ reference: PasswordHash?) -> Bool {
        guard case .hash(let hash)? = account?.password else {
            _ = reference?.matches(password)
            guard case .plain(let text)? = account?.password else { return false }
            return MessageDigest.areEqual(Array(text.utf8), Array(password.utf8))
        }
        return hash.matches(password)
    }

    /// The hash that takes the time for whoever has none.
    private static func referenceHash(_ accounts: [Account]) -> PasswordHash? {
        for account in accounts { if case .hash(let hash) = account.password { return hash } }
        return spareHash
    }

    private static let spareHash = PasswordHash.make(of: Hexadecimal.digits(of: randomBytes()))

    private static func randomBytes() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Seconds since 1970.
    private static var now: Int { time(nil) }
    /// Seconds on a clock that nobody sets.
    private static var steadyNow: Int { Int(NIODeadline.now().uptimeNanoseconds / 1_000_000_000) }
}

extension HTTPAnswer {
    /// What everybody gets who has to log in first, the same for a source that is there and one that is not.
    static let loginWanted = HTTPAnswer.text(
        .unauthorized, "log in to see this", headers: ["WWW-Authenticate": "Basic realm=\"mjpeg-relay\", charset=\"UTF-8\""])
    fileprivate static var cookieIsOver: HTTPAnswer {
        var answer = loginWanted
        answer.headers.add(name: "Set-Cookie", value: "\(SessionCookie.name)=; Max-Age=0")
        return answer
    }
    fileprivate static let linkIsOver = HTTPAnswer.text(.forbidden, "this link has expired; ask for a new one")
    static let linkOpensOneSource = HTTPAnswer.text(.forbidden, "this link opens one source only, not this address")
    static let userMayNot = HTTPAnswer.text(.forbidden, "this user may not see this")
    fileprivate static let tooManyLogins = HTTPAnswer.text(
        .serviceUnavailable, "too many logins are being checked; try again", headers: ["Retry-After": "2"])
    fileprivate static func tooManyGuesses(wait: Int) -> HTTPAnswer {
        .text(.tooManyRequests, "too many wrong logins; try again in \(wait) s", headers: ["Retry-After": String(wait)])
    }
}
