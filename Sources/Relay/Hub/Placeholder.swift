import CameraClient
import Logging
import MJPEG
import NIOCore

/// The pictures that viewers see in place of a camera's.
enum Placeholder {
    /// A camera that should send pictures and does not.
    static let noSignal = ByteBuffer(bytes: PackageResources.no_signal_jpg)
    /// A source that is not enabled.
    static let switchedOff = ByteBuffer(bytes: PackageResources.switched_off_jpg)
    /// The largest picture that may be brought in place of ours, in bytes.
    static let maxBytes = 1 << 20

    /// The picture in the file at `path`, or ours with a warning in the log where there is none.
    static func load(_ path: String?, logger: Logger) -> ByteBuffer {
        guard let path else { return noSignal }
        do throws(CameraError) {
            let picture = try PictureFile.read(path: path, limit: maxBytes)
            guard Frame(jpeg: picture, timestamp: .now(), kind: .placeholder) != nil else {
                throw .file(path: path, reason: "is no JPEG picture")
            }
            return picture
        } catch {
            logger.warning("the placeholder cannot be used; the built-in one stands in", metadata: ["reason": "\(error)"])
            return noSignal
        }
    }
}
