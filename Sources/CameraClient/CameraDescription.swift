import MJPEG

/// What a camera's answer says of it.
package struct CameraDescription: Equatable, Sendable {
    /// The address that the pictures come from, without login and query; nil for what has no address.
    package var address: String?
    /// Which of the source's addresses it is, counted from 0.
    package var alternative = 0
    /// The media type as sent, cleaned; nil if none was.
    package var mediaType: String?
    /// The boundary as declared, cleaned; nil if none was.
    package var boundary: String?
    /// The boundary as the delimiters show it, cleaned; nil before the first.
    package var learntBoundary: String?
    /// The `Server` field, cleaned; nil if none was sent.
    package var server: String?
    /// What was odd and was read all the same.
    package var quirks: Quirks
    /// Pictures that were cut, merged or broken and did not go out, of this connection.
    package var picturesDropped: Int
    /// The certificate of an https camera.
    package var certificate: Certificate?
    /// Whether single pictures are asked for, since the camera turned out to send one and no more.
    package var isPolledUnasked = false
    /// How long the camera, which is a relay, waits for a picture of its own camera; nil for what is no relay.
    package var stallTimeout: Duration?

    package init(
        address: String? = nil, mediaType: String? = nil, boundary: String? = nil, learntBoundary: String? = nil, server: String? = nil,
        quirks: Quirks = [], picturesDropped: Int = 0, certificate: Certificate? = nil
    ) {
        self.address = address
        self.mediaType = mediaType
        self.boundary = boundary
        self.learntBoundary = learntBoundary
        self.server = server
        self.quirks = quirks
        self.picturesDropped = picturesDropped
        self.certificate = certificate
    }
}
