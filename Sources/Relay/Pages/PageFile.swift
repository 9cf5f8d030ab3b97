import Crypto
import NIOCore
import NIOHTTP1
import Text

/// A file that the pages load from `/-/…`, carried in the program.
struct PageFile: Sendable {
    let type: String
    let body: ByteBuffer
    /// A strong entity tag: the file's hash.
    let tag: String

    private init(_ bytes: [UInt8], type: String) {
        self.type = type
        body = ByteBuffer(bytes: bytes)
        tag = "\"\(Base64.encode(SHA256.hash(data: bytes)).prefix(22))\""
    }

    private static let script = "text/javascript; charset=utf-8"
    private static let files: [String: PageFile] = [
        "relay.css": PageFile(PackageResources.relay_css, type: "text/css; charset=utf-8"),
        "icon.svg": PageFile(PackageResources.icon_svg, type: "image/svg+xml"),
        "player.js": PageFile(PackageResources.player_js, type: script),
        "worker.js": PageFile(PackageResources.worker_js, type: script),
        "dashboard.js": PageFile(PackageResources.dashboard_js, type: script),
        "view.js": PageFile(PackageResources.view_js, type: script),
        "embed.js": PageFile(PackageResources.embed_js, type: script),
    ]

    /// The answer for a file's name; browsers ask each time whether theirs is still the one, so that an upgrade shows at once.
    static func answer(_ name: String, to head: HTTPRequestHead) -> HTTPAnswer? {
        guard let file = files[name] else { return nil }
        // The worker has its own policy: without this it could not open its sockets.
        let headers: HTTPHeaders = ["ETag": file.tag, "Content-Security-Policy": PagePolicy.text(frameAncestors: "'none'")]
        let isKnown = head.knows(tag: file.tag)
        var answer = HTTPAnswer(
            isKnown ? .notModified : .ok, type: file.type, body: isKnown ? ByteBuffer() : file.body, headers: headers)
        answer.headers.replaceOrAdd(name: "Cache-Control", value: "no-cache")
        return answer
    }
}
