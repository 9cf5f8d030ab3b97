import CameraURL
import MJPEG
import Text

/// One request to a camera, and what is to become of the answer.
struct Inquiry: Sendable {
    /// What the answer is read for.
    enum Purpose: Sendable {
        /// Frame after frame, until the connection ends.
        case stream
        /// One picture; `previous` is the one before it, which is not passed on again.
        case picture(previous: Frame?)

        var isStream: Bool {
            if case .stream = self { true } else { false }
        }
    }

    let request: CameraRequest
    let purpose: Purpose
    let sink: FrameSink
    var settings: HTTPCamera.Settings
    /// The logins that the camera knows of.
    let secrets: Secrets
    /// The longest time without a whole frame once the camera has answered; it may change meanwhile.
    let stallTimeout: @Sendable () -> Duration
    /// The longest silence in an answer for one picture; nil for as long as `stallTimeout` allows.
    let maxSilence: Duration?
    /// What the sink knows of the camera already.
    let known: CameraDescription?
    /// What was odd on the connections before.
    let oddities: Oddities
    /// Whether single pictures are asked for though the file does not say so.
    let isPolledUnasked: Bool
    /// Whether the request answers a 401 of this dial.
    let answersChallenge: Bool
    /// Whether the answer tells for the first time whether the login is right.
    let isLoginOnTrial: Bool
    /// The request is on its way. This and what follows are called on the connection's event loop.
    let sent: @Sendable () -> Void
    /// The answer's head came.
    let headCame: @Sendable (ResponseHead) -> Void
    /// The answer has brought a picture.
    let pictureCame: @Sendable () -> Void
}
