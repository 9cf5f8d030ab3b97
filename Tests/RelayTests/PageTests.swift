import Foundation
import Testing

@testable import Relay

/// The pages and what they load.
@Suite struct PageTests {
    @Test func pagesAllowNothingInlineAndLoadOnlyWhatIsThere() async throws {
        try await RunningRelay.withClip { port in
            for path in ["/", "/clip/", "/clip/embed", "/clip/embed/", "/status", "/status/", "/clip/status"] {
                let page = try RawClient.get(port, path)
                #expect(page.head.contains("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"))
                #expect(!page.body.contains("<style") && !page.body.contains(" style=") && !page.body.contains("onclick"))
                let base = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
                for match in page.body.matches(of: /(?:href|src)="([^"#?]*)"/) where !match.1.isEmpty && !match.1.hasSuffix("stream") {
                    let target = try #require(URL(string: String(match.1), relativeTo: base)?.absoluteURL)
                    #expect(!match.1.hasPrefix("/"), "\(match.1) in \(path) is not relative")
                    let answer = try RawClient.get(
                        port, target.path + (target.absoluteString.hasSuffix("/") && target.path != "/" ? "/" : ""))
                    #expect(answer.head.hasPrefix("HTTP/1.1 200 "), "\(match.1) in \(path): \(answer.head.prefix(20))")
                }
            }
        }
    }

    @Test func filesOfThePagesAreAskedForAgainByTheirTag() async throws {
        try await RunningRelay.withClip { port in
            let first = try RawClient.get(port, "/-/dashboard.js")
            let tag = try #require(first.head.firstMatch(of: /ETag: (\S+)/)?.1)
            #expect(first.head.contains("Content-Type: text/javascript"))
            #expect(try RawClient.get(port, "/-/dashboard.js", "If-None-Match: \(tag)\r\n").head.hasPrefix("HTTP/1.1 304 "))
            #expect(try RawClient.get(port, "/-/none.js").head.hasPrefix("HTTP/1.1 404 "))
        }
    }
}
