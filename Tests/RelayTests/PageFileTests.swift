import Foundation
import NIOHTTP1
import Testing

@testable import Relay

/// The files that the program carries for its pages.
@Suite struct PageFileTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/Relay/Pages")
        .standardized

    private static let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasSuffix(".swift") }.sorted()

    private static func answer(_ name: String, _ fields: HTTPHeaders = [:]) -> HTTPAnswer? {
        PageFile.answer(name, to: HTTPRequestHead(version: .http1_1, method: .GET, uri: "/-/\(name)", headers: fields))
    }

    @Test func everyFileOfTheFolderIsServed() throws {
        let names = try #require(Self.names)
        #expect(names.contains("worker.js"))
        for name in names {
            let answer = try #require(Self.answer(name), "\(name) is not in the table of PageFile")
            #expect(answer.status == .ok)
            #expect(Data(answer.body.readableBytesView) == (try Data(contentsOf: Self.folder.appending(path: name))))
            let tag = try #require(answer.headers.first(name: "ETag"))
            #expect(Self.answer(name, ["If-None-Match": tag])?.status == .notModified)
        }
        #expect(Self.answer("Package.swift") == nil)
    }

    @Test func pageNamesEveryModuleThatItsScriptNeeds() throws {
        for script in ["dashboard.js", "view.js", "embed.js", "status.js"] where Self.answer(script) != nil {
            // The judge here is a search of its own, for what a browser would fetch.
            var needed: Set<String> = []
            var next = [script]
            while let name = next.popLast() {
                let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
                for match in text.matches(of: /(?m)^import .*"\.\/(.+)";$/) where needed.insert(String(match.1)).inserted {
                    next.append(String(match.1))
                }
                // What is imported in another way would not be found by either.
                #expect(text.matches(of: /from\s*"/).count == text.matches(of: /(?m)^import .* from "\.\/.+";$/).count, "in \(name)")
            }
            #expect(needed.contains("clock.js") || script == "status.js")
            #expect(Set(PageFile.modules(of: script)) == needed)
            let page = HTML.page(title: "t", up: "../", script: script, body: "")
            for name in needed { #expect(page.contains("<link rel=\"modulepreload\" href=\"../-/\(name)\">")) }
        }
    }
}
