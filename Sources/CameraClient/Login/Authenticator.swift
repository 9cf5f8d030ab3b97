import CameraURL

/// Answers a camera's challenges with one login, and knows when to stop: cameras lock accounts after a few wrong ones.
///
/// One value serves one origin for as long as its login lives, over all dials. Each dial, and each later request of a kept connection
/// or after a redirect, begins with ``preemptive(method:target:)``; each 401 goes to ``answer(to:method:target:cnonce:)``.
/// Between two such beginnings the login is sent at most twice. Nothing that describes this value shows the login.
package struct Authenticator: Sendable {
    /// How often one request sends the login before it counts as refused.
    static let maxAttempts = 2

    /// What to do about a 401.
    package enum Reply: Hashable, Sendable {
        /// Ask again with this Authorization value.
        case authorization(String)
        /// No scheme of the camera's is ours; the text lists the offered ones for the operator.
        case unsupported(offered: String)
        /// The camera has seen this login and does not take it.
        case refused
    }

    /// The way to log in that the camera took last.
    private enum Scheme {
        case basic
        case digest(DigestChallenge, cnonce: String, uses: UInt32)
    }

    private let login: CameraURL.Login
    private var scheme: Scheme?
    /// How often the login was sent since the request began.
    private var attempts = 0

    package init(login: CameraURL.Login) {
        self.login = login
    }

    /// Begins a request, and returns the Authorization value to begin it with when an earlier one has shown the way; nil else.
    ///
    /// It counts as one of the two times that a request may send the login.
    package mutating func preemptive(method: String, target: String) -> String? {
        attempts = 0
        switch scheme {
        case nil:
            return nil
        case .basic:
            attempts = 1
            return basicAuthorization
        case .digest(let challenge, let cnonce, let uses):
            attempts = 1
            return digestAuthorization(challenge, cnonce: cnonce, uses: uses, method: method, target: target)
        }
    }

    /// Answers the challenges of a 401 with the strongest way that both sides know.
    ///
    /// The login is sent again only when the camera calls the nonce stale or sends a new one, and never by Basic.
    ///
    /// - Parameters:
    ///   - target: the request target with its query, as it stands in the request line.
    ///   - cnonce: makes a text that nobody can foresee; called at most once, for Digest.
    package mutating func answer(to challenges: [Challenge], method: String, target: String, cnonce: () -> String) -> Reply {
        let digest = challenges.compactMap(DigestChallenge.init).reduce(nil as DigestChallenge?) { best, next in
            guard let best else { return next }
            return next.algorithm.strength > best.algorithm.strength ? next : best
        }
        let offersBasic = challenges.contains { $0.isScheme("basic") }
        if attempts > 0 {
            guard attempts < Self.maxAttempts, let digest, isFresh(digest) else {
                scheme = nil
                attempts = Self.maxAttempts
                return .refused
            }
        }
        if let digest {
            attempts += 1
            let uses = usesSoFar(of: digest.nonce)
            return .authorization(digestAuthorization(digest, cnonce: cnonce(), uses: uses, method: method, target: target))
        }
        if offersBasic {
            attempts += 1
            scheme = .basic
            return .authorization(basicAuthorization)
        }
        return .unsupported(offered: challenges.map(\.shown).joined(separator: ", ").shown())
    }

    /// Whether a challenge gives reason to think that the login was not looked at.
    private func isFresh(_ challenge: DigestChallenge) -> Bool {
        guard case .digest(let last, _, _) = scheme else { return true }
        return challenge.isStale || challenge.nonce != last.nonce
    }

    private func usesSoFar(of nonce: String) -> UInt32 {
        guard case .digest(let last, _, let uses) = scheme, last.nonce == nonce else { return 0 }
        return uses
    }

    private var basicAuthorization: String { "Basic " + Base64.encode("\(login.user):\(login.password)".utf8) }

    private mutating func digestAuthorization(
        _ challenge: DigestChallenge, cnonce: String, uses: UInt32, method: String, target: String
    ) -> String {
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
    /// The answer without its Authorization value, since Basic's is the password itself.
    package var description: String {
        switch self {
        case .authorization: "authorization"
        case .unsupported(let offered): "unsupported (\(offered))"
        case .refused: "refused"
        }
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
