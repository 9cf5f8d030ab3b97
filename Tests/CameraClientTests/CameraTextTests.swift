import CameraURL
import NIOCore
import TestSupport
import Testing
import Text

@testable import CameraClient

/// Cameras that repeat a login in what they say: no part of it may be shown, wherever the text is cut.
@Suite(.timeLimit(.minutes(1))) struct CameraTextTests {
    private static let password = "Qzvk7Wjx9Bqp"

    private static let secrets: Secrets = {
        var secrets = Secrets()
        secrets.add(user: "admin", password: password)
        return secrets
    }()

    /// Whether three characters of the password in a row are shown, in any case.
    private static func shows(_ text: String) -> Bool {
        let text = text.lowercased()
        let word = Array(password.lowercased())
        return (0...(word.count - 3)).contains { text.contains(String(word[$0..<($0 + 3)])) }
    }

    @Test func aTextIsCutBehindALoginAndNotWithinIt() {
        for length in 60...85 {
            let text = CameraText(String(repeating: "x", count: length) + Self.password, hiding: Self.secrets)
            #expect(!Self.shows(text.shown))
            #expect(text.shown.count <= 80)
        }
        // Neither what is taken out nor a case that is changed hides it from us.
        #expect(CameraText("a \u{200B}Qzvk7W\u{200B}jx9Bqp", hiding: Self.secrets).shown == "a ***")
        let part = CameraText("text/\(Self.password); a=b", hiding: Self.secrets) { MediaType($0)?.subtype }
        #expect(part.map { Self.shows($0.shown) } == false)
    }

    /// Each place of an answer from which something is shown, with the password at every distance from its start.
    enum Place: String, CaseIterable, Sendable {
        case reason, noHTTP, location, otherHost, mediaType, boundary, learntBoundary, server, challenge, algorithm

        func answer(_ echo: String) -> String {
            switch self {
            case .reason: "HTTP/1.1 503 \(echo)\r\n\r\n"
            case .noHTTP: "\(echo)\r\n\r\n"
            case .location: "HTTP/1.1 302 Found\r\nLocation: rtsp://\(echo)\r\n\r\n"
            case .otherHost: "HTTP/1.1 302 Found\r\nLocation: http://\(echo)/\r\n\r\n"
            case .mediaType: "HTTP/1.1 200 OK\r\nContent-Type: text/\(echo)\r\n\r\n<html>"
            case .boundary: "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=\(echo)\r\n\r\n"
            case .learntBoundary: "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace\r\n\r\n--\(echo)\r\n\r\n"
            case .server: "HTTP/1.1 200 OK\r\nServer: \(echo)\r\n\r\n"
            case .challenge: "HTTP/1.1 401 No\r\nWWW-Authenticate: \(echo)\r\n\r\n"
            case .algorithm: "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest nonce=a, algorithm=\"\(echo)\"\r\n\r\n"
            }
        }
    }

    @Test(arguments: Place.allCases) func noPartOfALoginIsShown(_ place: Place) async throws {
        let camera = try await TestCamera.start { request in
            let echo = String(repeating: "x", count: Int(request.target.dropFirst()) ?? 0) + Self.password + "yyy"
            return [.send(bytes(place.answer(echo)) + TestPicture.parts([TestPicture.jpeg(1)])), .close]
        }
        for distance in [0, 5, 12, 18, 50, 55, 60, 65, 70, 75, 79, 80, 90] {
            let watched = try await watch("http://admin:\(Self.password)@127.0.0.1:\(camera.port)/\(distance)", frames: 1)
            let descriptions = watched.descriptions.map { String(reflecting: $0) }.joined()
            let text = "\(watched.error.map { "\($0)" } ?? "") \(descriptions)"
            #expect(!Self.shows(text), "\(distance): \(text)")
        }
        await camera.stop()
    }

    /// What comes so far ends within the password: it is shown before the rest is there.
    @Test func aLineThatIsNotWholeYetShowsNoPartOfALogin() async throws {
        let camera = try await TestCamera.start { request in
            let count = Int(request.target.dropFirst()) ?? 0
            let line = bytes(String(repeating: "x", count: count) + Self.password)
            return [.send(Array(line.prefix(64))), .pause(300), .send(Array(line.dropFirst(64))), .close]
        }
        for distance in [52, 55, 58, 61] {
            let watched = try await watch("http://admin:\(Self.password)@127.0.0.1:\(camera.port)/\(distance)", frames: 1)
            let text = watched.error.map { "\($0)" } ?? ""
            #expect(text.contains("xxx") && !Self.shows(text), "\(text)")
        }
        await camera.stop()
    }

    /// Half of a login with a slash in it stands where an address has its host.
    @Test(arguments: ["http://sec/ret7word@127.0.0.1/", "//sec/ret7word@127.0.0.1/"]) func aHostThatIsHalfALoginIsNotShown(
        _ location: String
    ) throws {
        var secrets = Secrets()
        secrets.add(user: "u", password: "sec/ret7word")
        let error = #expect(throws: CameraError.self) {
            try Redirect.resolve(location: location, from: try CameraURL("http://cam/"), allowOtherHost: false, hiding: secrets)
        }
        #expect(error.map { "\($0)" }?.contains("sec") == false)
    }

    /// A cookie is a login too, and may come back in the next answer.
    @Test func aCookieOfTheDialIsNotShown() async throws {
        let camera = try await TestCamera.start { request in
            request.field("Cookie") == nil
                ? [.send(bytes("HTTP/1.1 302 Found\r\nSet-Cookie: id=\(Self.password)\r\nLocation: /a\r\n\r\n")), .close]
                : [.send(bytes("HTTP/1.1 503 No \(request.field("Cookie") ?? "")\r\n\r\n")), .close]
        }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 1)
        #expect(watched.error.map { "\($0)" } == "camera answers 503 (No id=***)")
        await camera.stop()
    }

    /// The delimiter that we put before a single picture is not the camera's.
    @Test func aPolledCameraHasNoBoundary() async throws {
        let picture = TestPicture.jpeg(1)
        let camera = try await TestCamera.start { _ in
            [.send(bytes("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n") + picture)]
        }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 1) { $0.interval = .milliseconds(10) }
        let description = try #require(watched.descriptions.last)
        #expect(description.learntBoundary == nil && description.boundary == nil)
        await camera.stop()
    }
}
