import CameraURL

/// Why a camera could not be read; the description is the operator's sentence.
///
/// What a camera said is a ``CameraText``, so no case holds a login.
package enum CameraError: Error, Hashable, Sendable {
    /// The response head, blank lines and interim heads included, is longer than the limit.
    case headTooLarge
    /// More interim (1xx) heads came than any server sends.
    case tooManyInterimResponses
    /// What came is no HTTP response; the text is how it begins.
    case notHTTP(CameraText)
    /// The connection ended before the response head did.
    case closedBeforeHead
    /// The body is chunked and the size of a chunk cannot be read.
    case chunkSizeUnreadable
    /// The lines behind the last chunk are longer than the limit.
    case trailersTooLarge
    /// A status that brings no picture; `retryAfter` is the camera's `Retry-After` in seconds.
    case status(Int, reason: CameraText, retryAfter: Int?)
    /// A 401, and the URL has no login.
    case loginRequired
    /// A 401 behind a redirect to where the login does not go: to another host, or from https to http.
    case loginWithheld(origin: CameraText, isUnencrypted: Bool)
    /// A 401 or 403 in spite of the login.
    case loginRefused(Int)
    /// What came of a login that the camera has never taken, so that it may be the camera's way to refuse it.
    indirect case afterLogin(CameraError)
    /// A 401 that offers no scheme of ours; the text lists what it offers.
    case loginUnsupported(offered: CameraText)
    /// More redirects than the hop limit.
    case redirectedTooOften
    /// A redirect to another host; the text is its origin.
    case redirectedElsewhere(CameraText)
    /// A redirect without a usable address; the text is the address as sent.
    case redirectUnreadable(CameraText)
    /// A body that is neither multipart nor JPEG, by type and by content.
    case notAPicture(mediaType: CameraText)
    /// A stream that holds no frame or cannot be taken apart.
    case unreadable(reason: String)
    /// The stream or picture ended before a frame was whole.
    case noFrames
    /// The stream ended after frames had come.
    case ended
    /// Connected, but no whole frame for so long.
    case stalled(after: Duration)
    /// The camera's name has no address.
    case nameNotFound(host: String, reason: String)
    /// No connection, or one that broke.
    case connection(reason: String)
    /// The camera's certificate does not pass; the reason goes on after "camera's certificate".
    case certificate(reason: String, fingerprint: CertificateFingerprint)
    /// No encrypted connection, for another reason than the certificate.
    case tls(reason: String)
    /// A program that plays the camera could not be started, or has ended.
    case program(reason: String)
    /// The camera sent one picture and no more, which it would have to be asked for again and again.
    case singlePicture
    /// A file that is played as a camera cannot be.
    case file(path: String, reason: String)
    /// Nobody publishes the source, which has no camera that could be dialled; the text says how the last publisher ended.
    case noPublisher(String?)
    /// What a publisher that is a relay says of its own camera.
    case publisherSays(code: String, reason: String)
    /// What a relay that is read says of its own camera, to everybody: it holds no address and nothing that a camera said.
    case relaySays(code: String, reason: String)
    /// We ended it ourselves.
    case cancelled
}

extension CameraError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .headTooLarge:
            "camera sends a response head without end"
        case .tooManyInterimResponses:
            "camera sends interim responses (1xx) without end"
        case .notHTTP(let text):
            "camera does not answer in HTTP; its answer begins with '\(text)'"
        case .closedBeforeHead:
            "camera closed the connection before its response head was complete"
        case .chunkSizeUnreadable:
            "camera sends a chunked body with an unreadable chunk size"
        case .trailersTooLarge:
            "camera sends trailers without end"
        case .status(508, _, _):
            "camera is a relay that has these pictures from this relay, or through too many relays (508)"
        case .status(let status, let reason, _):
            reason.isEmpty ? "camera answers \(status)" : "camera answers \(status) (\(reason))"
        case .loginRequired:
            "camera asks for a login (401) and the URL has none"
        case .loginWithheld(let origin, true):
            "camera redirects from https to \(origin), where its login is not sent; make that the URL if it may be"
        case .loginWithheld(let origin, false):
            "camera redirects to another host (\(origin)) that asks for a login (401); make that the URL, with the login"
        case .loginRefused(let status):
            "camera refuses the login (\(status)); check user name and password"
        case .afterLogin(let error):
            "\(error), when it was given the login; check user name and password"
        case .loginUnsupported(let offered):
            offered.isEmpty
                ? "camera asks for a login (401) but offers no way to give one"
                : "camera asks for a login (401) in a way that is not supported (\(offered))"
        case .redirectedTooOften:
            "camera redirects too often"
        case .redirectedElsewhere(let origin):
            "camera redirects to another host (\(origin)); make that the URL, or set 'redirects: any' (without the login)"
        case .redirectUnreadable(let location):
            "camera redirects to what is no http address ('\(location)')"
        case .notAPicture(let mediaType):
            mediaType.isEmpty
                ? "camera sends neither a stream nor a picture"
                : "camera sends neither a stream nor a picture, but \(mediaType)"
        case .unreadable(let reason):
            "camera's stream cannot be read: \(reason)"
        case .noFrames:
            "camera ended the stream before a picture was complete"
        case .ended:
            "camera ended the stream"
        case .stalled(let limit):
            "camera is connected but sent no picture for \(limit)"
        case .nameNotFound(let host, let reason):
            "the name '\(host)' cannot be resolved: \(reason)"
        case .connection(let reason):
            reason
        case .certificate(let reason, let fingerprint):
            "camera's certificate \(reason); to trust this very one, set tls_fingerprint: \"\(fingerprint)\""
        case .tls(let reason):
            reason
        case .program(let reason):
            reason
        case .singlePicture:
            "camera sends a single picture, no stream; 'interval: 1s' in the source asks for one every second"
        case .file(let path, let reason):
            "file '\(path)' \(reason)"
        case .noPublisher(let ending):
            "nobody publishes this source" + (ending.map { "; \($0)" } ?? "")
        case .publisherSays(_, let reason), .relaySays(_, let reason):
            reason.shown()
        case .cancelled:
            "cancelled"
        }
    }

    /// A short name of the case for the status as JSON; it stays the same when the sentence changes.
    package var code: String {
        switch self {
        case .headTooLarge: "head_too_large"
        case .tooManyInterimResponses: "too_many_interim_responses"
        case .notHTTP: "not_http"
        case .closedBeforeHead: "closed_before_head"
        case .chunkSizeUnreadable: "chunk_size_unreadable"
        case .trailersTooLarge: "trailers_too_large"
        case .status: "status"
        case .loginRequired: "login_required"
        case .loginWithheld: "login_withheld"
        case .loginRefused: "login_refused"
        case .afterLogin(let error): error.code
        case .loginUnsupported: "login_unsupported"
        case .redirectedTooOften: "redirected_too_often"
        case .redirectedElsewhere: "redirected_elsewhere"
        case .redirectUnreadable: "redirect_unreadable"
        case .notAPicture: "not_a_picture"
        case .unreadable: "unreadable"
        case .noFrames: "no_frames"
        case .ended: "ended"
        case .stalled: "stalled"
        case .nameNotFound: "name_not_found"
        case .connection: "connection"
        case .certificate: "certificate"
        case .tls: "tls"
        case .program: "program"
        case .singlePicture: "single_picture"
        case .file: "file"
        case .noPublisher: "no_publisher"
        case .publisherSays(let code, _), .relaySays(let code, _): code
        case .cancelled: "cancelled"
        }
    }
}
