import Digests
import NIOCore
import NIOHTTP1
import Text

/// A file that the pages load from `/-/…`. The files are part of the program.
struct PageFile: Sendable {
    let type: String
    let body: ByteBuffer
    /// A strong entity tag: the file's hash.
    let tag: String
    /// The names of the files that a script imports at its head.
    let imports: [String]

    private init(_ bytes: [UInt8], type: String) {
        self.type = type
        body = ByteBuffer(bytes: bytes)
        tag = "\"\(Base64.encode(MessageDigest.sha256(of: bytes)).prefix(22))\""
        imports = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("import ") }
            .compactMap { $0.split(separator: "\"").dropFirst().first?.split(separator: "/").last.map(String.init) }
    }

    private static let script = "text/javascript; charset=utf-8"
    /// All files. A new file must also be named among the target's resources in Package.swift.
    private static let files: [String: PageFile] = [
        "relay.css": PageFile(PackageResources.relay_css, type: "text/css; charset=utf-8"),
        "icon.svg": PageFile(PackageResources.icon_svg, type: "image/svg+xml"),
        "address.js": PageFile(PackageResources.address_js, type: script),
        "clock.js": PageFile(PackageResources.clock_js, type: script),
        "contact.js": PageFile(PackageResources.contact_js, type: script),
        "dashboard.js": PageFile(PackageResources.dashboard_js, type: script),
        "embed.js": PageFile(PackageResources.embed_js, type: script),
        "freshness.js": PageFile(PackageResources.freshness_js, type: script),
        "lines.js": PageFile(PackageResources.lines_js, type: script),
        "marks.js": PageFile(PackageResources.marks_js, type: script),
        "picture.js": PageFile(PackageResources.picture_js, type: script),
        "player.js": PageFile(PackageResources.player_js, type: script),
        "players.js": PageFile(PackageResources.players_js, type: script),
        "poll.js": PageFile(PackageResources.poll_js, type: script),
        "refusal.js": PageFile(PackageResources.refusal_js, type: script),
        "status.js": PageFile(PackageResources.status_js, type: script),
        "text.js": PageFile(PackageResources.text_js, type: script),
        "tile.js": PageFile(PackageResources.tile_js, type: script),
        "view.js": PageFile(PackageResources.view_js, type: script),
        "visibility.js": PageFile(PackageResources.visibility_js, type: script),
        "wording.js": PageFile(PackageResources.wording_js, type: script),
        "worker.js": PageFile(PackageResources.worker_js, type: script),
    ]

    /// The files that a script imports, directly or through other files. A page names them all, so that the browser asks for all of them at
    /// once. Otherwise each file would be asked for only after the file that imports it, with a round trip each time.
    static func modules(of script: String) -> [String] {
        var found = [script]
        var next = 0
        while next < found.count {
            found += (files[found[next]]?.imports ?? []).filter { !found.contains($0) }
            next += 1
        }
        return Array(found.dropFirst())
    }

    /// The answer for a file's name. Browsers keep the file and ask each time whether it has changed, so that an upgrade of the relay shows
    /// at once.
    static func answer(_ name: String, to head: HTTPRequestHead) -> HTTPAnswer? {
        guard let file = files[name] else { return nil }
        // A worker has a content security policy of its own; without this field it could not open WebSockets.
        let headers: HTTPHeaders = ["ETag": file.tag, "Content-Security-Policy": PagePolicy.text(frameAncestors: "'none'")]
        let isKnown = head.knows(tag: file.tag)
        var answer = HTTPAnswer(
            isKnown ? .notModified : .ok, type: file.type, body: isKnown ? ByteBuffer() : file.body, headers: headers)
        answer.headers.replaceOrAdd(name: "Cache-Control", value: "no-cache")
        return answer
    }
}
