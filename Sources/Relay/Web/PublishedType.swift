import CameraClient
import NIOHTTP1

/// Judges a published body by its header fields, before the body is read.
///
/// Most programs send no type or a wrong type (ffmpeg's `icecast:` sends `audio/mpeg`, curl `application/x-www-form-urlencoded`), so only
/// types that certainly are no JPEG are refused.
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

    /// The length of a body whose type says that it is one picture; nil for any other body.
    static func pictureLength(_ headers: HTTPHeaders) -> Int? {
        guard let type = headers["Content-Type"].lazy.compactMap({ MediaType($0) }).first, type.isJPEG,
            !headers.contains(name: "Transfer-Encoding")
        else { return nil }
        return headers.first(name: "Content-Length").flatMap { Int($0) }
    }
}
