import Accounts
import Foundation
import RelayConfiguration
import Testing

@testable import Relay

/// Where there are users, every route of every scope is closed but those that are named here: the paths come from the routes' own
/// tables, so that a new one cannot be forgotten.
@Suite struct ClosedRouteTests {
    /// Of a relay, an `admin` address and a source's own port; a WebSocket port has none.
    private static let open: Set<String> = ["/healthz", "/readyz", "/-/relay.css", "/-/nothing"]
    private static let key = LinkKey(name: "website", key: "a key of links")
    private static let cookieKey = "a key of cookies"

    private static var anna: Account {
        get throws {
            Account(
                name: "anna", password: .hash(try PasswordHash("$2y$05$UK9vfiUbGryhiFjtppsM8usHt5ZqrMN/xnhwp9TXybzWbKUN023Cq")),
                isOperator: true)
        }
    }

    private static func paths(_ scope: Route.Scope) -> [String] {
        let ofSource = Route.ofSource.keys.map { "/\($0)" } + ["/", "/?action=stream", "/?action=snapshot", "/?action=dance"]
        let files = ["/-/relay.css", "/-/nothing"]
        switch scope {
        case .relay, .admin:
            return ["/", "/nothing/at/all"] + files + Route.ofRelay.keys.map { "/\($0)" }
                + ["clip", "nobody"].flatMap { name in (ofSource + ["", "/nothing"]).map { "/\(name)\($0)" } }
        case .source(let name, let isNamed):
            return files + ofSource + Route.ofOwnPort.keys.map { "/\($0)" } + ["/nothing"]
                + (isNamed ? ofSource.map { "/\(name)\($0)" } : [])
        case .webSocket:
            return ["/", "/anything", "/healthz", "/-/relay.css"]
        // Serves nothing, whoever asks.
        case .redirect: return []
        }
    }

    /// What a request shows: in the query, and in a field.
    private struct Showing {
        let name: String
        var query = ""
        var fields = ""
    }

    private static func wrong(_ source: String, port: Int) throws -> [Showing] {
        let good = SignedLink(to: source, until: 0, by: key)
        let last = good.signature.last == "A" ? "E" : "A"
        let changed = SignedLink(expiry: "0", key: "website", signature: good.signature.dropLast() + last)
        let cookie = SessionCookie.value(for: try anna, at: Int(Date().timeIntervalSince1970), key: Array("another key".utf8))
        return [
            Showing(name: "nothing"),
            Showing(name: "a wrong password", fields: "Authorization: Basic \(Data("anna:Secret".utf8).base64EncodedString())\r\n"),
            Showing(name: "an unknown user", fields: "Authorization: Basic \(Data("berta:secret".utf8).base64EncodedString())\r\n"),
            Showing(name: "a wrong bearer", fields: "Authorization: Bearer anna:secret1\r\n"),
            Showing(name: "another kind of login", fields: "Authorization: Digest username=\"anna\"\r\n"),
            Showing(
                name: "two logins",
                fields: String(repeating: "Authorization: Basic \(Data("anna:secret".utf8).base64EncodedString())\r\n", count: 2)),
            Showing(name: "no Base64", fields: "Authorization: Basic anna:secret\r\n"),
            Showing(name: "no UTF-8", fields: "Authorization: Basic \(Data([0x61, 0x3A, 0xFF]).base64EncodedString())\r\n"),
            Showing(name: "a zero byte", fields: "Authorization: Basic \(Data("anna:secret\0".utf8).base64EncodedString())\r\n"),
            Showing(
                name: "a mark on the colon", fields: "Authorization: Basic \(Data("anna:\u{301}secret".utf8).base64EncodedString())\r\n"),
            Showing(name: "a forged cookie", fields: "Cookie: mjpeg-relay-\(port)=\(cookie)\r\n"),
            Showing(name: "a changed link", query: changed.query),
            Showing(name: "half a link", query: "sig=\(good.signature)"),
            Showing(name: "another key's link", query: SignedLink(to: source, until: 0, by: LinkKey(name: "website", key: "wrong")).query),
            Showing(name: "another source's link", query: SignedLink(to: "other", until: 0, by: key).query),
            Showing(
                name: "a link and a wrong login behind a wrong link", query: changed.query,
                fields: "Authorization: Basic \(Data("anna:secret".utf8).base64EncodedString())\r\n"),
            Showing(name: "an expired link", query: SignedLink(to: source, until: 1_700_000_000, by: key).query),
        ]
    }

    /// Asks; each request comes from another address, so that none is refused for having guessed too often.
    private static func status(_ port: Int, _ method: String, _ path: String, _ showing: Showing, _ number: inout Int) throws -> Int {
        number += 1
        let client = try RawClient(port: port)
        let target = showing.query.isEmpty ? path : path + (path.contains("?") ? "&" : "?") + showing.query
        let from = "X-Forwarded-For: 192.0.\(number / 250).\(number % 250)\r\n"
        let upgrade =
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        let isSocket = path.contains("/ws") || path == "/anything"
        try client.send(
            "\(method) \(target) HTTP/1.1\r\nHost: localhost:\(port)\r\n\(from)\(isSocket ? upgrade : "")\(showing.fields)\r\n")
        return try client.readHead().split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    private static func access(admin: Bool) throws -> AccessConfiguration {
        var access = AccessConfiguration()
        access.users = [try anna]
        access.linkKeys = [key]
        access.sessionKey = cookieKey
        access.trustedProxies = ["127.0.0.1"].compactMap { AddressRange($0) }
        access.cors = .nobody
        if admin { access.admin = [RunningRelay.loopback] }
        return access
    }

    private static func expectClosed(_ port: Int, _ scope: Route.Scope) throws {
        let isSocket = if case .webSocket = scope { true } else { false }
        let open = isSocket ? [] : Self.open
        var number = 0
        let anna = Showing(name: "anna", fields: "Authorization: Basic \(Data("anna:secret".utf8).base64EncodedString())\r\n")
        let link = Showing(name: "a link", query: SignedLink(to: "clip", until: 0, by: key).query)
        for path in paths(scope) {
            let target = try #require(RequestTarget(path))
            let route = Route(target, in: scope)
            let source = route.source(in: scope)
            // Of a link to a source that is not there, the signature counts too.
            for showing in try wrong(source ?? "clip", port: port) {
                // What takes pictures takes no viewer's login and no link, however right.
                for method in ["GET", "HEAD", "POST", "PUT"] where route.isPublished(bringsBody: method.hasPrefix("P")) {
                    let status = try status(port, method, path, showing, &number)
                    #expect(status == 401, "\(method) \(path) in \(scope) with \(showing.name), to publish")
                }
                for method in ["GET", "HEAD"] where !route.isPublished(bringsBody: false) {
                    let status = try status(port, method, path, showing, &number)
                    let isForbidden = showing.query.contains("exp=") && (source == nil || showing.name == "an expired link")
                    let wanted = open.contains(path) ? (path == "/-/nothing" ? 404 : 200) : isForbidden ? 403 : 401
                    #expect(status == wanted, "\(method) \(path) in \(scope) with \(showing.name)")
                }
            }
            let toPost = try status(port, "POST", path, link, &number)
            #expect(toPost == (route.isPublished(bringsBody: true) ? 401 : 405))
            if route.isPublished(bringsBody: false) {
                for showing in [anna, link] { #expect(try status(port, "GET", path, showing, &number) == 401) }
                continue
            }
            let right = try status(port, "GET", path, anna, &number)
            #expect(![0, 401, 403, 429, 503].contains(right), "\(path) in \(scope) with the right login: \(right)")
            let byLink = try status(port, "GET", path, link, &number)
            let isOpen = open.contains(path) || (source == "clip" && !path.hasSuffix("metrics") && scope != .admin)
            #expect([401, 403].contains(byLink) != isOpen, "\(path) in \(scope) by link: \(byLink)")
        }
    }

    @Test(.timeLimit(.minutes(3))) func ofTheRelayAndOfASourcesOwnPort() async throws {
        var source = RunningRelay.clipSource()
        source.port = 0
        var configuration = RelayConfiguration(listen: [RunningRelay.loopback], sources: [source])
        configuration.access = try Self.access(admin: false)
        try await RunningRelay.with(configuration) { ports in
            #expect(ports.count == 2)
            for (port, scope) in zip(ports, [Route.Scope.relay, .source("clip", named: false)]) {
                try await RawClient.run {
                    try RunningRelay.waitUntilStreaming(port)
                    try Self.expectClosed(port, scope)
                }
            }
        }
    }

    /// A publisher's login opens the way in, and nothing else.
    @Test(.timeLimit(.minutes(3))) func ofAPublishedSource() async throws {
        let publish = PublishConfiguration(password: .plain("the door's own"))
        let door = SourceConfiguration(name: "door", upstream: .publisher(publish))
        var configuration = RelayConfiguration(listen: [RunningRelay.loopback], sources: [door])
        configuration.access = try Self.access(admin: false)
        try await RunningRelay.with(configuration) { ports in
            let port = try #require(ports.first)
            try await RawClient.run {
                var number = 0
                let login = Data("camera:the door's own".utf8).base64EncodedString()
                let publisher = Showing(name: "the publisher", fields: "Authorization: Basic \(login)\r\nContent-Length: 0\r\n")
                let anna = Showing(
                    name: "anna", fields: "Authorization: Basic \(Data("anna:secret".utf8).base64EncodedString())\r\nContent-Length: 0\r\n")
                let link = Showing(name: "a link", query: SignedLink(to: "door", until: 0, by: Self.key).query)
                for path in Self.paths(.relay) where path.hasPrefix("/clip") || !path.dropFirst().contains("/") {
                    let path = path.replacingOccurrences(of: "/clip", with: "/door")
                    let route = Route(try #require(RequestTarget(path)), in: .relay)
                    for method in ["GET", "POST", "PUT"] {
                        let status = try Self.status(port, method, path, publisher, &number)
                        let isPublished = route.isPublished(bringsBody: method != "GET")
                        // An empty body holds no picture.
                        let wanted = isPublished ? (method == "GET" ? 405 : 415) : method == "GET" ? 401 : 405
                        #expect(Self.open.contains(path) || status == wanted, "\(method) \(path) by the publisher: \(status)")
                    }
                }
                for path in ["/door/publish", "/door/stream", "/nobody/publish"] {
                    for showing in try Self.wrong("door", port: port) + [anna, link] {
                        #expect(try Self.status(port, "POST", path, showing, &number) == 401, "POST \(path) with \(showing.name)")
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func ofOperators() async throws {
        var configuration = RelayConfiguration(listen: [RunningRelay.loopback], sources: [RunningRelay.clipSource()])
        configuration.access = try Self.access(admin: true)
        try await RunningRelay.with(configuration) { ports in
            let port = try #require(ports.last)
            try await RawClient.run {
                try RunningRelay.waitUntilStreaming(port)
                try Self.expectClosed(port, .admin)
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func ofTheSingleURLMode() async throws {
        var configuration = RelayConfiguration(
            mode: .single, listen: [RunningRelay.loopback], sources: [RunningRelay.clipSource()], webSocketPort: 0)
        configuration.access = try Self.access(admin: false)
        try await RunningRelay.with(configuration) { ports in
            #expect(ports.count == 2)
            for (port, scope) in zip(ports, [Route.Scope.source("clip", named: true), .webSocket("clip")]) {
                try await RawClient.run {
                    if case .source = scope { try RunningRelay.waitUntilStreaming(port) }
                    try Self.expectClosed(port, scope)
                }
            }
        }
    }
}
