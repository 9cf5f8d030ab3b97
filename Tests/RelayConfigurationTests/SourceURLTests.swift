import RelayConfiguration
import Testing

/// What stands as a source's URL.
@Suite struct SourceURLTests {
    @Test(arguments: [
        ("file:clip.mjpeg", "/etc/relay/clip.mjpeg"), ("file:../clip.mjpeg", "/etc/relay/../clip.mjpeg"),
        ("file:/srv/clip.mjpeg", "/srv/clip.mjpeg"), ("file:///srv/clip.mjpeg", "/srv/clip.mjpeg"),
        ("file:100%41.mjpeg", "/etc/relay/100%41.mjpeg"),
    ])
    func fileURLsNamePaths(url: String, path: String) throws {
        #expect(try parse("sources: {a: '\(url)'}").sources.map(\.upstream) == [.file(path: path)])
    }

    @Test(arguments: [
        ("http://user:secret@", "the URL has no host"),
        ("rtsp://user:secret@h/", "the URL's scheme is neither http nor https"),
        ("user:secret@h/", "a camera's URL begins with http:// (or file: for a file)"),
        ("'file:'", "the file: URL names no file"),
        ("file://h/clip", "a file is named as file:PATH or file:///PATH, without a host"),
        ("\"file:a\\nb\"", "the file: URL contains a control character"),
        ("http://h/" + String(repeating: "x", count: 8192), "the URL is longer than 8192 bytes"),
    ])
    func badURLsAreNeverEchoed(url: String, message: String) {
        #expect(problems("sources:\n  a: \(url)") == ["relay.yaml:2:6: source 'a': \(message)"])
        #expect(problems("sources:\n  a: {url: \(url)}") == ["relay.yaml:2:12: 'url' in source 'a': \(message)"])
    }
}
