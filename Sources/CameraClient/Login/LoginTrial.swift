import Synchronization

/// Watches how the login of one dial fares, over all ports and schemes of the camera's host: cameras lock accounts after a few wrong
/// logins, and do not say in one way only that a login is wrong.
///
/// A login is on trial from the time that it is sent until the camera takes it, unless an earlier dial has proven it. Any thread.
final class LoginTrial: Sendable {
    /// How often one dial sends a login that is on trial: once, and once more where the camera cannot have looked at the first.
    static let maxSends = Authenticator.maxSends
    /// How often one dial sends a proven login before it is asked for: redirects could lead on and on.
    private static let maxEarlySends = 2

    private struct State {
        /// How often a login was sent that is on trial now.
        var sends = 0
        var earlySends = 0
        /// Whether the camera has asked again after the login was sent, so that an earlier dial's proof no longer counts.
        var isDoubted = false
        var origins: Set<HTTPCamera.Origin> = []
        var wasTaken = false
    }

    private let state = Mutex(State())

    /// A row of requests begins: a dial, or one poll of many.
    func begin() {
        state.withLock { $0 = State(wasTaken: $0.wasTaken) }
    }

    /// A request with the login is on its way.
    func sent(to origin: HTTPCamera.Origin, isProven: Bool) {
        state.withLock { state in
            state.origins.insert(origin)
            if isProven, !state.isDoubted { state.earlySends += 1 } else { state.sends += 1 }
        }
    }

    /// The camera asks for a login in answer to the login.
    func doubt() {
        state.withLock { $0.isDoubted = true }
    }

    /// The camera has shown what only the login opens. Returns where the login was sent on the way.
    func taken() -> Set<HTTPCamera.Origin> {
        state.withLock { state in
            state.sends = 0
            state.isDoubted = false
            state.wasTaken = state.wasTaken || !state.origins.isEmpty
            return state.origins
        }
    }

    /// Where the login was sent since the row of requests began.
    var origins: Set<HTTPCamera.Origin> { state.withLock { $0.origins } }
    /// Whether the login may be sent in answer to a challenge.
    var maySend: Bool { state.withLock { $0.sends < Self.maxSends } }
    /// Whether a proven login may be sent before it is asked for.
    var maySendEarly: Bool { state.withLock { !$0.isDoubted && $0.earlySends < Self.maxEarlySends } }
    /// Whether the camera has taken the login in this dial or an earlier poll of it.
    var wasTaken: Bool { state.withLock { $0.wasTaken } }

    /// What an error means: while the login is on trial, whatever came of it may be the camera's way to refuse it, but for the camera's
    /// own troubles (5xx).
    func judged(_ error: CameraError) -> CameraError {
        guard state.withLock({ $0.sends > 0 }), error.kind != .login, error != .cancelled else { return error }
        if case .status(500..., _, _) = error { return error }
        return .afterLogin(error)
    }
}
