extension CameraError {
    /// How a source goes on after an error.
    package enum Kind: Equatable, Sendable {
        /// Try again soon: the network, the camera's restart, an end.
        case failure
        /// Connected without frames: try again soon, but say so meanwhile.
        case stall
        /// The camera does not let us in: asking often locks accounts.
        case login
        /// Nothing to see at this address: a page, no such path.
        case address
    }

    /// How a source goes on after this error.
    package var kind: Kind {
        switch self {
        case .loginRequired, .loginWithheld, .loginRefused, .afterLogin, .loginUnsupported, .status(401, _, _), .status(403, _, _): .login
        case .status(508, _, _), .status(404, _, _), .status(409, _, _), .status(410, _, _), .notAPicture, .notHTTP, .redirectedElsewhere,
            .redirectedTooOften, .redirectUnreadable, .certificate:
            .address
        case .stalled: .stall
        default: .failure
        }
    }

    /// How long the camera asks us to stay away, nil where it does not say.
    package var retryAfter: Duration? {
        if case .status(_, _, let seconds?) = cause { .seconds(max(0, seconds)) } else { nil }
    }

    /// What happened, whatever the login has to do with it.
    package var cause: CameraError {
        if case .afterLogin(let error) = self { error } else { self }
    }
}
