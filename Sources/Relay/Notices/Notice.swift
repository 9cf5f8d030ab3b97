/// One message to the operator's program or address.
struct Notice: Equatable, Sendable {
    enum State: String, Sendable {
        case lost
        case back
    }

    var source: String
    var state: State
    /// Why the camera was lost: for the operator's own program.
    var reason: String
    /// The same for who is no operator: addresses may be read on their way, or by others who know them.
    var publicReason: String
    /// How long the camera has been lost, or was.
    var seconds: Int

    /// What a program finds in its environment.
    var environment: [String: String] {
        [
            "MJPEG_RELAY_SOURCE": source, "MJPEG_RELAY_STATE": state.rawValue, "MJPEG_RELAY_REASON": reason,
            "MJPEG_RELAY_SECONDS": "\(seconds)",
        ]
    }

    /// What an address is sent.
    var json: String {
        JSONValue.object([
            ("source", .string(source)), ("state", .string(state.rawValue)), ("reason", .string(publicReason)),
            ("seconds", .integer(Int64(seconds))),
        ]).description
    }
}
