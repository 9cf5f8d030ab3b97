import NIOCore

/// How bytes leave the connections of a listener.
///
/// What writes past a channel or takes its descriptor away needs a ``PlainSocket``, and only a plain transport makes one.
enum Transport: Sendable {
    /// As they are written.
    case plain
    /// Through handlers that change them, as encryption does: no byte may pass them by, and the connection stays on its event loop.
    /// The closure makes the handlers of one connection, the one next to the socket first.
    case wrapped(@Sendable () throws -> [any ChannelHandler])
}
