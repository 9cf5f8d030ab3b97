/// What a camera's answer says of it.
package struct CameraDescription: Equatable, Sendable {
    /// The media type as sent, cleaned; nil if none was.
    package var mediaType: String?
    /// The boundary as declared, cleaned; nil if none was.
    package var boundary: String?
    /// The `Server` field, cleaned; nil if none was sent.
    package var server: String?

    package init(mediaType: String? = nil, boundary: String? = nil, server: String? = nil) {
        self.mediaType = mediaType
        self.boundary = boundary
        self.server = server
    }
}
