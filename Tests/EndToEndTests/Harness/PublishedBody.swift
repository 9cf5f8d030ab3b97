import TestSupport

/// The ways in which programs send pictures to the relay, to the byte.
enum PublishedForm: CaseIterable, Sendable {
    /// ffmpeg's `-f mjpeg` and `-f mpjpeg` over POST.
    case chunkedWithoutType, chunkedMultipart
    /// ffmpeg's `icecast://`: neither length nor chunks, and an MPEG audio type.
    case untilTheEnd
    /// curl's `--data-binary`.
    case urlEncoded
    /// An ESP32 of Random Nerd Tutorials, one picture in a form.
    case form
    /// GStreamer's souphttpclientsink: a part of a file.
    case contentRange
    /// GStreamer's curlhttpsink: multipart without a boundary in its type.
    case withoutBoundary
    /// Single pictures, as ESP-IDF and Motion send them.
    case octetStream, jpeg, upperCaseJPEG

    /// The head's lines behind the login, and the body that brings these pictures.
    func request(of pictures: [[UInt8]]) -> (method: String, fields: [String], body: [UInt8], pictures: [[UInt8]]) {
        let all = pictures.flatMap { $0 }
        func parts(_ boundary: String) -> [UInt8] {
            pictures.flatMap { picture in
                Array("--\(boundary)\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n".utf8) + picture + Array("\r\n".utf8)
            }
        }
        switch self {
        case .chunkedWithoutType:
            return ("POST", ["Transfer-Encoding: chunked", "Icy-MetaData: 1"], Self.chunks(all, of: 1000), pictures)
        case .chunkedMultipart:
            return ("POST", ["Transfer-Encoding: chunked", "Content-Type: multipart/x-mixed-replace;boundary=ffmpeg"],
                Self.chunks(parts("ffmpeg"), of: 777), pictures)
        case .untilTheEnd: return ("PUT", ["Content-Type: audio/mpeg", "Ice-Public: 0"], all, pictures)
        case .urlEncoded:
            return ("POST", ["Content-Type: application/x-www-form-urlencoded", "Content-Length: \(all.count)"], all, pictures)
        case .form:
            let picture = pictures[0]
            let head = "--RandomNerdTutorials\r\nContent-Disposition: form-data; name=\"imageFile\"; filename=\"esp32-cam.jpg\"\r\n"
            let body = Array((head + "Content-Type: image/jpeg\r\n\r\n").utf8) + picture + Array("\r\n--RandomNerdTutorials--\r\n".utf8)
            return (
                "POST", ["Content-Length: \(body.count)", "Content-Type: multipart/form-data; boundary=RandomNerdTutorials"], body, [picture]
            )
        case .contentRange:
            return ("PUT", ["Content-Range: bytes 4711-\(4710 + all.count)/*", "Content-Length: \(all.count)"], all, pictures)
        case .withoutBoundary:
            return ("POST", ["Content-Type: multipart/x-mixed-replace", "Transfer-Encoding: chunked"], Self.chunks(parts("learnt"), of: 4096), pictures)
        case .octetStream:
            return ("POST", ["Content-Type: application/octet-stream", "Content-Length: \(pictures[0].count)"], pictures[0], [pictures[0]])
        case .jpeg: return ("POST", ["Content-Type: image/jpeg", "Content-Length: \(pictures[0].count)"], pictures[0], [pictures[0]])
        case .upperCaseJPEG:
            return ("PUT", ["content-type: IMAGE/JPG", "CONTENT-LENGTH: \(pictures[0].count)"], pictures[0], [pictures[0]])
        }
    }

    /// A body in chunks, with its end.
    static func chunks(_ bytes: [UInt8], of size: Int) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(size)
            rest = rest.dropFirst(chunk.count)
            result += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8)
        }
        return result + Array("0\r\n\r\n".utf8)
    }
}

extension Bench {
    /// `camera:secret`.
    static let publisherLogin = "Authorization: Basic Y2FtZXJhOnNlY3JldA=="

    /// A relay with the source `garden`, which is published with the password `secret`.
    func publishedRelay(_ settings: String = "stall_timeout: 3s, linger: 1s", more: String = "") throws -> RelayProcess {
        try relay(
            configuration: """
                listen: 127.0.0.1:0
                sources:
                  garden: {publish: {password: secret}, \(settings)}
                \(more)
                """)
    }

    /// The head of a request that publishes, sent on a connection of its own.
    func publisher(
        to relay: RelayProcess, method: String = "POST", path: String = "/garden/publish", _ fields: [String],
        login: String = publisherLogin
    ) async throws -> TestViewer {
        let publisher = try await viewer(of: relay)
        try await publisher.ask(path, method: method, [login] + fields)
        return publisher
    }
}
