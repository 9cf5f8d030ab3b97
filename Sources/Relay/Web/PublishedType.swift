import CameraClient
import NIOHTTP1

/// What the type of a published body says before it is read.
///
/// Most programs send none or a wrong one (ffmpeg's `icecast:` says `audio/mpeg`, curl `application/x-www-form-urlencoded`), so only what
/// certainly is no JPEG is refused.
enum PublishedType {
    private static let videos = ["mp4", "mp2t", "x-flv", "webm", "x-matroska", "h264", "ogg", "quicktime", "avi", "x-msvideo"]

    /// Whether a body with these fields may hold JPEGs.
    static func mayHoldPictures(_ headers: HTTPHeaders) -> Bool {
        guard let type = headers["Content-Type"].lazy.compactMap({ MediaType($0) }).first else { return true }
        switch type.type {
        case "text": return type.subtype == "plain"
        case "image": return type.isJPEG || ["*", "mjpeg", "x-jpeg"].contains(type.subtype)
        case "video": return !videos.contains(type.subtype)
        case "application": return !["json", "xml", "pdf", "zip"].contains(type.subtype)
        case "multipart": return true
        default: return true
        }
    }

    /// The length of a body that says that it is one picture; nil for any other.
    static func pictureLength(_ headers: HTTPHeaders) -> Int? {
        guard let type = headers["Content-Type"].lazy.compactMap({ MediaType($0) }).first, type.isJPEG,
            !headers.contains(name: "Transfer-Encoding")
        else { return nil }
        return headers.first(name: "Content-Length").flatMap { Int($0) }
    }
}
