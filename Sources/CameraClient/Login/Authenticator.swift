import CameraURL
import Text

/// Answers a camera's challenges with one login, and knows when to stop: cameras lock accounts after a few wrong ones.
///
/// One value serves one origin for as long as its login lives, over all dials. A dial (or one poll of a row) begins with
/// ``begin(method:target:)``, goes on behind a redirect with ``goOn(method:target:)``, and gives each 401 to
/// ``answer(to:method:target:cnonce:)``. A login that the camera has looked at and does not take is sent once in a dial.
/// Nothing that describes this value shows the login.
package struct Authenticator: Sendable {
    /// How often one dial sends a login that has not been taken yet, whatever gives reason to send it again.
    static let maxSends = 2

    /// What to do about a 401.
    package enum Reply: Hashable, Sendable {
        /// Ask again with this.
        case authorization(Authorization)
        /// No scheme of the camera's is ours.
        case unsupported
        /// The camera has seen this login and does not take it.
        case refused
    }

    /// The way to log in that the camera took last.
    private enum Scheme {
        case basic
        case digest(DigestChallenge, cnonce: String, uses: UInt32)
    }

    /// How this dial sent the login last.
    private enum Sent {
        case never
        /// At once, in the way that an earlier dial found: the nonce may be over.
        case early
        /// In answer to a challenge: what the camera says now is about the login.
        case asked
        /// In answer to a challenge, and the camera let it through, to another address.
        case redirected
    }

    private let login: CameraURL.Login
    private var scheme: Scheme?
    /// Whether the camera has taken this login before.
    private(set) var isProven = false
    private var sent = Sent.never
    private var sends = 0

    package init(login: CameraURL.Login) {
        self.login = login
    }

    /// Whether this dial has sent a login that the camera has never taken, so that its answer tells whether it is right.
    var awaitsVerdict: Bool { sends > 0 && !isProven }

    /// Begins a dial, and returns what to begin it with when an earlier one has shown the way; nil else.
    package mutating func begin(method: String, target: String) -> Authorization? {
        beginWithoutLogin()
        return early(method: method, target: target)
    }

    /// Goes on behind a redirect. A login that the camera has never taken is sent there only where it is asked for.
    package mutating func goOn(method: String, target: String) -> Authorization? {
        goOnWithoutLogin()
        return isProven ? early(method: method, target: target) : nil
    }

    /// Begins a dial that sends the login only where it is asked for.
    mutating func beginWithoutLogin() {
        sends = 0
        sent = .never
    }

    /// Goes on behind a redirect, where the login is sent only when it is asked for.
    mutating func goOnWithoutLogin() {
        if sent == .asked { sent = .redirected }
    }

    /// The camera does not take the login: it is not sent early any more.
    mutating func refused() {
        scheme = nil
        isProven = false
    }

    /// The camera has taken the login.
    package mutating func accepted() {
        if sends > 0 { isProven = true }
        sends = 0
    }

    private mutating func early(method: String, target: String) -> Authorization? {
        switch scheme {
        case nil:
            return nil
        case .basic:
            note(.early)
            return basicAuthorization
        case .digest(let challenge, let cnonce, let uses):
            note(.early)
            return digestAuthorization(challenge, cnonce: cnonce, uses: uses, method: method, target: target)
        }
    }

    /// Answers the challenges of a 401 with the strongest way that both sides know.
    ///
    /// The login is sent again only where the camera cannot have looked at it: the nonce came from an earlier dial, or the camera
    /// calls it stale, or it was let through to an address that asks anew; and never by Basic after Digest.
    ///
    /// - Parameters:
    ///   - target: the request target with its query, as it stands in the request line.
    ///   - cnonce: makes a text that nobody can foresee; called at most once, for Digest.
    package mutating func answer(to challenges: [Challenge], method: String, target: String, cnonce: () -> String) -> Reply {
        let digest = challenges.compactMap(DigestChallenge.init).reduce(nil as DigestChallenge?) { best, next in
            guard let best else { return next }
            return next.algorithm.strength > best.algorithm.strength ? next : best
        }
        guard maySend(to: digest) else {
            refused()
            sent = .asked
            sends = Self.maxSends
            return .refused
        }
        if let digest {
            note(.asked)
            let uses = usesSoFar(of: digest.nonce)
            return .authorization(digestAuthorization(digest, cnonce: cnonce(), uses: uses, method: method, target: target))
        }
        if challenges.contains(where: { $0.isScheme("basic") }) {
            note(.asked)
            scheme = .basic
            return .authorization(basicAuthorization)
        }
        return .unsupported
    }

    /// Whether a challenge gives reason to think that the login was not looked at, or not here.
    private func maySend(to digest: DigestChallenge?) -> Bool {
        switch sent {
        case .never: true
        case .early: digest.map { isFresh($0) } ?? false
        case .asked: sends < Self.maxSends && digest?.isStale == true
        case .redirected: sends < Self.maxSends
        }
    }

    private func isFresh(_ challenge: DigestChallenge) -> Bool {
        guard case .digest(let last, _, _) = scheme else { return true }
        return challenge.isStale || challenge.nonce != last.nonce
    }

    private mutating func note(_ how: Sent) {
        sends += 1
        sent = how
    }

    private func usesSoFar(of nonce: [UInt8]) -> UInt32 {
        guard case .digest(let last, _, let uses) = scheme, last.nonce == nonce else { return 0 }
        return uses
    }

    private var basicAuthorization: Authorization {
        Authorization(bytes: Array("Basic ".utf8) + Array(Base64.encode("\(login.user):\(login.password)".utf8).utf8))
    }

    private mutating func digestAuthorization(
        _ challenge: DigestChallenge, cnonce: String, uses: UInt32, method: String, target: String
    ) -> Authorization {
        let count = uses &+ 1
        scheme = .digest(challenge, cnonce: cnonce, uses: count)
        return challenge.authorization(login: login, method: method, target: target, cnonce: cnonce, count: count)
    }
}

extension Authenticator: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "login of \(login.user)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Authenticator.Reply: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The reply without its Authorization value.
    package var description: String {
        switch self {
        case .authorization: "authorization"
        case .unsupported: "unsupported"
        case .refused: "refused"
        }
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
