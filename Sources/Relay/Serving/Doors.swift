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

    /// A login that somebody shows.
    struct Login: Hashable {
        /// Of name and password.
        let digest: [UInt8]
        /// Whose name it has; nil for nobody's.
        let account: Account?
    }

    /// Somebody who waits for a check.
    struct Waiting {
        let origin: ViewerOrigin
        let promise: EventLoopPromise<Verdict>
    }

    struct State {
        var guesses = GuessTable()
        /// Digests of the logins that were right, with the accounts that they were right for: one of each user.
        var right: [[UInt8]: Account] = [:]
        /// The logins that are checked now or wait for it.
        var checking: [Login: [Waiting]] = [:]

        func isRight(_ login: Login) -> Bool { login.account.map { right[login.digest] == $0 } ?? false }
    }

    let state = Mutex(State())
    let checks = BackgroundWork()
    /// Whether a password is an account's; nil for nobody's account. All accounts are told too.
    let matches: @Sendable (String, Account?, [Account]) -> Bool
    let logger: Logger
    /// Of this run: what right logins are remembered by.
    let memoryKey = Doors.randomBytes()
    /// Of this run: what cookies are signed with where the file names no key.
    private let ownSessionKey = Doors.randomBytes()

    init(logger: Logger, matches: @escaping @Sendable (String, Account?, [Account]) -> Bool = Doors.matches) {
        self.logger = logger
        self.matches = matches
    }

    /// Judges `credentials` that came from `origin` for a route of `source`, nil for one of none.
    ///
    /// - Parameter cookie: the name of the relay's cookies.
    func judge(
        _ credentials: Credentials, for source: String?, from origin: ViewerOrigin, _ access: AccessConfiguration, cookie: String
    ) -> Verdict {
        switch credentials {
        case .none: .admitted(.anonymous)
        case .malformed: .refused(.loginWanted)
        case .link(let link): judge(link, for: source, access)
        case .cookies(let values): judge(values, named: cookie, access)
        case .login(let name, let password, _): judge(name, password, from: origin, access)
        }
    }

    /// The field that gives a browser a cookie of `account`, which it sends where it sends no login.
    ///
    /// - Parameter isEncrypted: whether the browser asks over https.
    func cookie(for account: Account, named name: String, isEncrypted: Bool, _ access: AccessConfiguration) -> String {
        let value = SessionCookie.value(for: account, at: Self.now, key: sessionKey(access))
        // Without a path it holds for the folder of the page, which is right behind a proxy too.
        let attributes = "Max-Age=\(SessionCookie.lifetime); HttpOnly; SameSite=Lax"
        return "\(name)=\(value); \(attributes)\(isEncrypted ? "; Secure" : "")"
    }

    /// Whether a browser should be given a new cookie of `account`: it carries none, or one that is half over.
    ///
    /// - Parameter carried: the values of the relay's cookies that came with the request.
    func wantsCookie(_ account: Account, _ credentials: Credentials, _ carried: [String], _ access: AccessConfiguration) -> Bool {
        switch credentials {
        case .none, .link, .malformed, .login(_, _, isBasic: false): return false
        case .login, .cookies: break
        }
        let own = carried.compactMap { self.account(of: $0, access) }.filter { $0.0.name == account.name }
        return (own.map(\.secondsLeft).max() ?? 0) < SessionCookie.lifetime / 2
    }

    // MARK: - Links and cookies

    private func judge(_ link: SignedLink, for source: String?, _ access: AccessConfiguration) -> Verdict {
        guard let source else { return .refused(.linkOpensOneSource) }
        guard link.isSigned(for: source, by: access.linkKeys) else { return .refused(.loginWanted) }
        if let end = link.end, Self.isOver(end) { return .refused(.linkIsOver) }
        return .admitted(.link(source: source, link))
    }

    private func judge(_ values: [String], named name: String, _ access: AccessConfiguration) -> Verdict {
        guard let account = values.lazy.compactMap({ self.account(of: $0, access)?.0 }).first else { return .refused(.cookieIsOver(name)) }
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
        let digest = MessageDigest.hmacSHA256(of: Array("\(name.utf8.count)\n\(name)\n\(password)".utf8), key: memoryKey)
        let account = access.users.first { $0.name.utf8.elementsEqual(name.utf8) }
        let login = Login(digest: digest, account: account)
        let (wait, isRight) = state.withLock { state in
            (state.guesses.wait(of: origin.network, at: Self.steadyNow), state.isRight(login))
        }
        // Also for a login that is remembered as right: else it could be guessed at without end.
        if let wait { return .refused(.tooManyGuesses(wait: wait)) }
        if isRight, let account { return .admitted(.user(account)) }
        return .checking { eventLoop in
            let waiting = Waiting(origin: origin, promise: eventLoop.makePromise(of: Verdict.self))
            let (isRight, isFirst) = self.state.withLock { state in
                if state.isRight(login) { return (true, false) }
                // Whoever shows the same login meanwhile waits for the same check.
                state.checking[login, default: []].append(waiting)
                return (false, state.checking[login]?.count == 1)
            }
            if isRight, let account { return eventLoop.makeSucceededFuture(.admitted(.user(account))) }
            if isFirst, !self.checks.add({ self.check(login, name, password, access.users) }) {
                for waiting in self.state.withLock({ $0.checking.removeValue(forKey: login) }) ?? [] {
                    waiting.promise.succeed(.refused(.tooManyLogins))
                }
            }
            return waiting.promise.futureResult
        }
    }

    /// Checks a login, which takes a while, and tells those who wait for it. Whoever has guessed wrong often enough meanwhile is
    /// refused without a check, so that many guesses at a time are no more than one after the other.
    private func check(_ login: Login, _ name: String, _ password: String, _ accounts: [Account]) {
        let now = Self.steadyNow
        let blocked = state.withLock { state in
            var blocked: [(waiting: Waiting, wait: Int)] = []
            state.checking[login]?.removeAll { waiting in
                guard let wait = state.guesses.wait(of: waiting.origin.network, at: now) else { return false }
                blocked.append((waiting, wait))
                return true
            }
            if state.checking[login]?.isEmpty ?? true { state.checking[login] = nil }
            return (blocked, state.checking[login] == nil)
        }
        for (waiting, wait) in blocked.0 { waiting.promise.succeed(.refused(.tooManyGuesses(wait: wait))) }
        if blocked.1 { return }
        let isRight = matches(password, login.account, accounts)
        var wrong: [String: String] = [:]
        let done = state.withLock { state in
            let done = state.checking.removeValue(forKey: login) ?? []
            if isRight, let account = login.account {
                // What was right for an account that has changed since is forgotten with it.
                state.right = state.right.filter { $0.value.name != account.name }
                state.right[login.digest] = account
            } else {
                for waiting in done { wrong[waiting.origin.network] = waiting.origin.host }
                for network in wrong.keys { state.guesses.noteWrong(from: network, at: Self.steadyNow) }
            }
            return done
        }
        for host in wrong.values {
            logger.warning("login failed", metadata: ["user": "\(name.shown(limit: 64))", "address": "\(host)"])
        }
        let verdict: Verdict = isRight ? login.account.map { .admitted(.user($0)) } ?? .refused(.loginWanted) : .refused(.loginWanted)
        for waiting in done { waiting.promise.succeed(verdict) }
    }

    /// Whether `password` is the account's. Every wrong one takes as long as any other, whether there is such an account or not: one
    /// check of each kind of hash that accounts have.
    static func matches(_ password: String, _ account: Account?, _ accounts: [Account]) -> Bool {
        var kinds: [String: PasswordHash] = [:]
        for case .hash(let hash) in accounts.map(\.password) { kinds[hash.kind] = hash }
        if kinds.isEmpty, let spareHash { kinds[spareHash.kind] = spareHash }
        switch account?.password {
        case .hash(let hash):
            if hash.matches(password) { return true }
            kinds[hash.kind] = nil
        case .plain(let text):
            if MessageDigest.areEqual(Array(text.utf8), Array(password.utf8)) { return true }
        case nil:
            break
        }
        for hash in kinds.values { _ = hash.matches(password) }
        return false
    }

    /// What takes the time where no account has a hash. Made on the thread of the checks.
    private static let spareHash = PasswordHash.make(of: Hexadecimal.digits(of: randomBytes()))

    private static func randomBytes() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Whether a time in seconds since 1970 has come.
    static func isOver(_ end: Int) -> Bool { end <= now }
    /// Seconds since 1970.
    private static var now: Int { time(nil) }
    /// Seconds on a clock that nobody sets.
    static var steadyNow: Int { Int(NIODeadline.now().uptimeNanoseconds / 1_000_000_000) }
}

extension HTTPAnswer {
    /// What everybody gets who has to log in first, the same for a source that is there and one that is not.
    static let loginWanted = HTTPAnswer.text(
        .unauthorized, "log in to see this", headers: ["WWW-Authenticate": "Basic realm=\"mjpeg-relay\", charset=\"UTF-8\""])
    fileprivate static func cookieIsOver(_ name: String) -> HTTPAnswer {
        var answer = loginWanted
        // Of this folder, and of the dashboard's where no proxy puts the relay under a path.
        for path in ["", "; Path=/"] { answer.headers.add(name: "Set-Cookie", value: "\(name)=; Max-Age=0\(path)") }
        return answer
    }
    static let linkIsOver = HTTPAnswer.text(.forbidden, "this link has expired; ask for a new one")
    static let linkOpensOneSource = HTTPAnswer.text(.forbidden, "this link opens one source only, not this address")
    static let tooManyLogins = HTTPAnswer.text(
        .serviceUnavailable, "too many logins are being checked; try again", headers: ["Retry-After": "2"])
    static func tooManyGuesses(wait: Int) -> HTTPAnswer {
        .text(.tooManyRequests, "too many wrong logins; try again in \(wait) s", headers: ["Retry-After": String(wait)])
    }
}
