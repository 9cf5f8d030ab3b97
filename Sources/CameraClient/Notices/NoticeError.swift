/// Why a notice did not arrive; the description is the operator's sentence. No case holds a login, an address's path, or a text
/// of the receiver's.
package enum NoticeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No connection, or one that broke before the answer.
    case connection(String)
    /// A status other than 2xx; `retryAfter` is the receiver's `Retry-After` in seconds.
    case status(Int, retryAfter: Int?)
    /// A redirect that is not followed; the text is the origin that it leads to, where it can be read.
    case redirected(Int, to: String?)
    /// A program that could not be started or has failed.
    case program(String)
    /// We ended it ourselves.
    case cancelled

    package var description: String {
        switch self {
        case .connection(let reason): reason
        case .status(let status, _): "receiver answers \(status)"
        case .redirected(let status, let origin?):
            "receiver redirects (\(status)) to \(origin); if messages are to go there, make that the url"
        case .redirected(let status, nil): "receiver redirects (\(status)) too often, or to what is no http address"
        case .program(let reason): reason
        case .cancelled: "cancelled"
        }
    }

    /// Finds the sentence for a connection that failed, which is made with the means of cameras.
    init(_ error: CameraError) {
        switch error {
        case .cancelled: self = .cancelled
        default:
            var text = "\(error)"
            for (camera, receiver) in [("camera's ", "receiver's "), ("camera ", "receiver ")] where text.hasPrefix(camera) {
                text = receiver + text.dropFirst(camera.count)
            }
            self = .connection(text)
        }
    }

    /// How long the receiver asks us to stay away, nil where it does not say.
    package var retryAfter: Duration? {
        if case .status(_, let seconds?) = self { .seconds(max(0, seconds)) } else { nil }
    }
}
