import CameraClient
import CameraURL
import NIOCore
import Testing

@Suite struct CameraRequestTests {
    private func written(_ request: CameraRequest) -> String {
        var buffer = ByteBuffer()
        request.write(into: &buffer)
        return String(buffer: buffer)
    }

    @Test func requestIsWrittenInFull() throws {
        let url = try CameraURL("http://u:p@192.0.2.1:8080/video?a=b c#d")
        #expect(
            written(CameraRequest(url: url)) == """
                GET /video?a=b%20c HTTP/1.1\r
                Host: 192.0.2.1:8080\r
                User-Agent: mjpeg-relay\r
                Accept: multipart/x-mixed-replace, image/jpeg, */*;q=0.5\r
                Connection: close\r
                \r

                """)
    }

    @Test func loginAndKeptConnectionAreWritten() throws {
        let request = CameraRequest(url: try CameraURL("http://[::1]/"), authorization: "Basic eDp5", keepsConnection: true)
        let text = written(request)
        #expect(text.contains("\r\nHost: [::1]\r\n"))
        #expect(text.contains("\r\nConnection: keep-alive\r\nAuthorization: Basic eDp5\r\n\r\n"))
    }

    @Test func fieldsOfTheOperatorReplaceTheDefaults() throws {
        let request = CameraRequest(
            url: try CameraURL("http://h/"),
            extraFields: [("user-agent", "Other"), ("HOST", "cam"), ("X-A", "1"), ("x-a", "2"), ("authorization", "Bearer t")],
            authorization: "Basic eDp5")
        let text = written(request)
        #expect(!text.contains("mjpeg-relay") && !text.contains("Host: h") && !text.contains("Basic"))
        #expect(text.hasSuffix("user-agent: Other\r\nHOST: cam\r\nX-A: 1\r\nx-a: 2\r\nauthorization: Bearer t\r\n\r\n"))
    }

    @Test func nothingEndsALineBeforeItsTime() {
        let url = CameraURL(scheme: .http, host: "h\r\nX: y", port: 80, target: "/a b\r\nX: y\u{0}")
        let request = CameraRequest(
            url: url, extraFields: [("A", "b\r\nX: y"), ("B\r\nX", "y"), ("", "y"), ("C D", "y"), ("E:", "y")], authorization: "c\r\nX: y")
        let text = written(request)
        #expect(text.split(separator: "\r\n").count == 7)
        #expect(!text.contains("\nX") && !text.contains("C D") && text.hasPrefix("GET /abX:y HTTP/1.1\r\n"))
        #expect(text.contains("\r\nA: bX: y\r\n"))
    }

    @Test func descriptionShowsNoLogin() throws {
        let url = try CameraURL("http://user:canary@h/p?pwd=canary")
        let request = CameraRequest(url: url, extraFields: [("X-Key", "canary")], authorization: "Basic canary")
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!(String(describing: request) + String(reflecting: request) + dumped).contains("canary"))
        #expect(request.description.contains("h/p"))
    }
}
