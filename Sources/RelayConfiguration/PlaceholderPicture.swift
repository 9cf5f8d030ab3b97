import MJPEG
import NIOCore

/// The picture that viewers of a lost camera see in place of the built-in one, read with the configuration: two
/// configurations are the same only if their pictures are.
package struct PlaceholderPicture: Equatable, Sendable {
    /// The largest picture that may be brought, in bytes.
    static let maxBytes = 1 << 20

    /// A whole JPEG.
    package let jpeg: ByteBuffer

    /// Reads the file at `path`; a JPEG is what a frame of a camera would be.
    init(path: String) throws(TextError) {
        let bytes = try FileText.contents(of: path, limit: Self.maxBytes)
        guard bytes.count <= Self.maxBytes else {
            throw TextError(message: "the picture is larger than \(SizeText.format(Self.maxBytes))")
        }
        jpeg = ByteBuffer(bytes: bytes)
        guard Frame(jpeg: jpeg, timestamp: Timestamp(microseconds: 0), kind: .placeholder) != nil else {
            throw TextError(message: "the file is no JPEG picture")
        }
    }
}
