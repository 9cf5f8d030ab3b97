/// One message to an operator's program or address: a camera is lost or back.
struct Notice: Equatable, Sendable {
    enum State: String, Sendable {
        case lost
        case back
    }

    var source: String
    var state: State
    /// Why the camera was lost: for the operator's own program.
    var reason: String
    /// The reason in a form for everybody: messages to an address may be read on the way, or by others who know the address.
    var publicReason: String
    /// How long the camera has been lost, or was.
    var seconds: Int

    /// The variables in a program's environment.
    var environment: [String: String] {
        [
            "MJPEG_RELAY_SOURCE": source, "MJPEG_RELAY_STATE": state.rawValue, "MJPEG_RELAY_REASON": reason,
            "MJPEG_RELAY_SECONDS": "\(seconds)",
        ]
    }

    /// The message that is posted to an address.
    var json: String {
        JSONValue.object([
            ("source", .string(source)), ("state", .string(state.rawValue)), ("reason", .string(publicReason)),
            ("seconds", .integer(Int64(seconds))),
        ]).description
    }
}
