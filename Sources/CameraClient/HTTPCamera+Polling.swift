import MJPEG
import NIOCore

/// Cameras that have no stream, only single pictures.
extension HTTPCamera {
    /// Entity tags beyond this length are not sent back.
    private static let maxTagLength = 256

    /// Asks for a picture every `interval` until one cannot be had, over one connection where the camera keeps it open.
    ///
    /// The first picture goes out in any case; after that only those that changed, by the camera's word (304) or by their bytes.
    func poll(every interval: Duration, to sink: FrameSink) async throws(CameraError) {
        var dial = Dial(url: settings.url)
        defer { dial.connection?.close() }
        var previous: Frame?
        var due = NIODeadline.now()
        while true {
            let answer = try await ask(&dial, for: .picture(previous: previous), sink: sink)
            if let picture = answer.picture {
                previous = picture
                dial.known = answer.description
                dial.conditions = Self.conditions(answer.head)
            }
            // Late (the machine slept, the camera is slow): go on from now, without a burst.
            due = max(due + TimeAmount(settings.interval ?? interval), .now())
            do {
                try await eventLoop.wait(until: due)
            } catch {
                throw .cancelled
            }
        }
    }

    /// What makes the next answer short where the picture is still the same (RFC 9110, section 13.1).
    private static func conditions(_ head: ResponseHead) -> [(String, String)] {
        [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")].compactMap { field, condition in
            guard let value = head.first(field), !value.isEmpty, value.utf8.count <= maxTagLength else { return nil }
            return (condition, value)
        }
    }
}
