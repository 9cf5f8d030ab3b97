import CameraURL
import RelayConfiguration
import Testing

@Suite struct SingleURLTests {
    @Test func commandLineIsOneSourceNamedCamera() throws {
        let configuration = try RelayConfiguration.single(url: "http://h/v", port: 8080, webSocketPort: 8081, folder: "")
        let camera = CameraURL(scheme: .http, host: "h", port: 80, target: "/v")
        let expected = RelayConfiguration(
            mode: .single, listen: [.ip(host: "::", port: 8080)],
            sources: [SourceConfiguration(name: "camera", upstream: .camera(camera))], webSocketPort: 8081)
        #expect(configuration == expected)
    }

    @Test(arguments: [("", "clip.mjpeg"), (".", "clip.mjpeg"), ("/srv", "/srv/clip.mjpeg"), ("/", "/clip.mjpeg")])
    func relativeFilesStartAtTheFolder(folder: String, path: String) throws {
        let configuration = try RelayConfiguration.single(url: "file:clip.mjpeg", folder: folder)
        #expect(configuration.sources.map(\.upstream) == [.file(path: path)])
    }

    @Test(arguments: [
        ("http:///x", 1, nil, ["the URL has no host"]),
        ("ftp://h/", 1, nil, ["the URL's scheme is neither http nor https"]),
        (
            "http://user:secret@", 65536, -1 as Int?,
            [
                "the URL has no host", "the port must be from 0 to 65535", "the WebSocket port must be from 0 to 65535",
            ]
        ),
        ("http://h/", 7, 7, ["the WebSocket port is the same as the port"]),
        ("file:", 7, nil, ["the file: URL names no file"]),
    ])
    func everythingWrongIsToldAtOnce(url: String, port: Int, webSocketPort: Int?, expected: [String]) {
        do throws(ConfigurationError) {
            _ = try RelayConfiguration.single(url: url, port: port, webSocketPort: webSocketPort, folder: "")
            Issue.record("accepted")
        } catch {
            #expect(error.problems.map(\.description) == expected)
        }
    }
}
