import NIOCore

/// How frames are put into WebSocket messages.
package enum WebSocketForm: Equatable, Sendable {
    /// Two unsigned 64-bit big-endian numbers (the sequence number and the milliseconds since 1970), then the JPEG. With `acknowledged`,
    /// the viewer takes one frame at a time and asks for the next by sending the sequence number back.
    case binary(acknowledged: Bool)
    /// The text `data:image/jpg;base64,…`, as the older relay's pages expect it.
    case dataURL
    /// What relays say to each other: ``RelayWire``.
    case relay

    /// Reads `?ack=`; throws the sentence for a 400.
    init(target: RequestTarget) throws(QueryError) {
        self = .binary(acknowledged: try target.flag("ack") ?? false)
    }
}
