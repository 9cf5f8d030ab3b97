import MJPEG
import NIOCore

/// What a camera answered: always its head, and what else the purpose of the request brought.
struct CameraAnswer: Sendable {
    let head: ResponseHead
    /// The picture that was asked for.
    var picture: Frame?
    /// What the sink was told of the camera.
    var description: CameraDescription?
    /// The connection, where it may be asked again.
    var connection: KeptConnection?
    /// Whether the picture was the first of many.
    var isMultipart: Bool { head.mediaType?.isMultipart ?? false }
    /// The address at the other end of the connection.
    var peer: SocketAddress?
}
