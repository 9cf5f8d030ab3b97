import MJPEG

/// What a camera's answer says of it.
package struct CameraDescription: Equatable, Sendable {
    /// The address that the pictures come from, without login and query; nil for what has no address.
    package var address: CameraText?
    /// Which of the source's addresses it is, counted from 0.
    package var alternative = 0
    /// The media type as sent; nil if none was.
    package var mediaType: CameraText?
    /// The boundary as declared; nil if none was.
    package var boundary: CameraText?
    /// The boundary as the delimiters show it; nil before the first.
    package var learntBoundary: CameraText?
    /// The `Server` field; nil if none was sent.
    package var server: CameraText?
    /// What was odd and was read all the same, since the camera is known.
    package var quirks: Quirks
    /// Pictures that were cut, merged or broken and did not go out, since the camera is known.
    package var picturesDropped: Int
    /// The certificate of an https camera.
    package var certificate: Certificate?
    /// Whether single pictures are asked for, since the camera turned out to send one and no more.
    package var isPolledUnasked = false
    /// Where the camera is itself a relay: how long that relay waits for a picture of its own camera. Nil for other cameras.
    package var stallTimeout: Duration?

    package init(
        address: CameraText? = nil, mediaType: CameraText? = nil, boundary: CameraText? = nil, learntBoundary: CameraText? = nil,
        server: CameraText? = nil, quirks: Quirks = [], picturesDropped: Int = 0, certificate: Certificate? = nil
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

    mutating func take(_ oddities: Oddities) {
        quirks = oddities.quirks
        picturesDropped = oddities.picturesDropped
    }
}
