import NIOCore
import NIOHTTP1
import RelayConfiguration
import Testing

@testable import Relay

@Suite struct RequesterTests {
    private static func access(_ proxies: String..., admin: Bool = false) -> AccessConfiguration {
        var access = AccessConfiguration()
        access.trustedProxies = proxies.compactMap { AddressRange($0) }
        if admin { access.admin = [.ip(host: "127.0.0.1", port: 54320)] }
        return access
    }

    private static func requester(
        from address: String?, _ headers: [(String, String)] = [], in scope: Route.Scope = .relay, _ access: AccessConfiguration
    ) throws -> Requester {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/status", headers: HTTPHeaders(headers))
        let peer = try address.map { try SocketAddress(ipAddress: $0, port: 50000) } ?? SocketAddress(unixDomainSocketPath: "/x")
        return Requester(head, from: peer, in: scope, access)
    }

    @Test(
        arguments: [
            ("127.0.0.1", [("Host", "localhost:54321")], true),
            ("127.0.0.1", [("Host", "127.0.0.1:54321")], true),
            ("::1", [("Host", "[::1]:54321")], true),
            ("::ffff:127.0.0.1", [("Host", "LOCALHOST")], true),
            ("127.0.0.1", [("Host", "relay.localhost:54321")], true),
            // Whoever reaches this machine by its own name says so.
            ("127.0.0.1", [], false),
            ("192.0.2.7", [("Host", "localhost")], false),
            ("127.0.0.1", [("Host", "localhost"), ("X-Forwarded-For", "192.0.2.7")], false),
            ("127.0.0.1", [("Host", "localhost"), ("Forwarded", "for=192.0.2.7")], false),
            ("127.0.0.1", [("Host", "localhost"), ("Via", "1.1 proxy")], false),
            // A page of another site whose name leads to this machine.
            ("127.0.0.1", [("Host", "evil.example:54321")], false),
            ("127.0.0.1", [("Host", "127.evil.example")], false),
            (nil, [("Host", "localhost")], false),
            // What nginx' bare proxy_pass sends for a stranger's request.
            ("127.0.0.1", [("Host", "127.0.0.1:54321"), ("Connection", "close"), ("Accept-Language", "de")], false),
            // And for that of a stranger's script.
            ("127.0.0.1", [("Host", "127.0.0.1:54321"), ("Connection", "close")], false),
            ("127.0.0.1", [("Host", "127.0.0.1:54321"), ("Connection", "TE, Close"), ("User-Agent", "curl/8.5")], false),
            ("127.0.0.1", [("Host", "127.0.0.1:54321"), ("Connection", "keep-alive"), ("User-Agent", "curl/8.5")], true),
            ("127.0.0.1", [("Host", "127.0.0.1:54321"), ("User-Agent", "Prometheus/3.0"), ("Accept-Encoding", "gzip")], true),
            // A browser that knows the relay by another name, over http: it tells only this machine, and https, whence it asks.
            ("127.0.0.1", [("Host", "127.0.0.1:54321"), ("Accept-Language", "de")], false),
            ("127.0.0.1", [("Host", "127.0.0.1:54321"), ("Accept-Language", "de"), ("Sec-Fetch-Site", "none")], true),
            ("127.0.0.1", [("Host", "127.0.0.1:54321"), ("Referer", "http://cams.example/status")], false),
            ("127.0.0.1", [("Host", "127.0.0.1:54321"), ("Origin", "null")], false),
            ("127.0.0.1", [("Host", "localhost:54321"), ("Referer", "http://localhost:54321/")], true),
            ("127.0.0.1", [("Host", "127.0.0.1.evil.example")], false),
        ] as [(String?, [(String, String)], Bool)])
    func onlyThisMachineItselfIsTheOperator(_ address: String?, _ headers: [(String, String)], isOperator: Bool) throws {
        #expect(try Self.requester(from: address, headers, Self.access()).isOperator == isOperator)
        #expect(try Self.requester(from: address, headers, Self.access(admin: true)).isOperator == false)
        #expect(try Self.requester(from: address, headers, in: .admin, Self.access(admin: true)).isOperator)
    }

    @Test(arguments: [
        "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Ssl", "x-forwarded-by", "X-Real-IP", "X-Real-Port", "X-Scheme",
        "X-Url-Scheme", "X-Client-IP", "X-Cluster-Client-IP", "X-Original-Forwarded-For", "X-Original-Host", "X-Original-URI",
        "X-Original-URL", "X-Rewrite-URL", "X-Host", "X-Request-Id", "X-Correlation-ID", "X-Amzn-Trace-Id", "X-Amz-Cf-Id",
        "X-Azure-ClientIP", "X-Envoy-External-Address", "X-Varnish", "X-ProxyUser-Ip", "X-NginX-Proxy", "X-ARR-SSL", "X-Remote-Addr",
        "X-Remote-User", "Remote-Addr", "Remote-User", "CF-Connecting-IP", "CF-Ray", "Cf-Visitor", "CDN-Loop", "True-Client-IP",
        "Client-IP", "WL-Proxy-Client-IP", "Proxy-Client-IP", "Proxy-Connection", "Proxy-Authorization", "Fastly-Client-IP",
        "Fly-Client-IP", "Ngrok-Auth-User-Email", "Tailscale-User-Login", "Front-End-Https", "Forwarded", "Via", "Max-Forwards",
        "traceparent", "Surrogate-Capability", "SSL-Client-Verify", "X-SSL-Client-Verify", "X-Auth-Request-User", "X-Akamai-Edgescape",
        "Akamai-Origin-Hop", "Traefik-X", "X-Traefik-Router", "X-Caddy-Id", "X-HAProxy-Current-Date", "X-Sent-From", "X-Proxy-Id",
        "X-Authenticated-User", "X-Webauth-User", "Cdn-Requestid",
    ])
    func whatOnlyProxiesSayIsASignOfOne(_ field: String) throws {
        let headers = [("Host", "localhost:54321"), ("User-Agent", "curl/8.5"), ("Accept", "*/*"), (field, "1")]
        #expect(try !Self.requester(from: "127.0.0.1", headers, Self.access()).isOperator)
    }

    /// What programs and browsers of this machine send by themselves.
    @Test(arguments: [
        "User-Agent", "Accept", "Accept-Encoding", "Cache-Control", "Pragma", "Range", "If-None-Match", "Authorization", "DNT", "TE",
        "Sec-GPC", "Sec-CH-UA", "Sec-Fetch-Mode", "Priority", "Upgrade-Insecure-Requests", "X-Requested-With", "Icy-MetaData",
        "X-Prometheus-Scrape-Timeout-Seconds", "Cookie", "From", "Prefer",
    ])
    func whatClientsSayIsNone(_ field: String) throws {
        #expect(try Self.requester(from: "127.0.0.1", [("Host", "localhost:54321"), (field, "1")], Self.access()).isOperator)
    }

    @Test func withoutAHostNobodyIsTheOperator() throws {
        let head = HTTPRequestHead(version: .http1_0, method: .GET, uri: "/status")
        let peer = try SocketAddress(ipAddress: "127.0.0.1", port: 50000)
        #expect(!Requester(head, from: peer, in: .relay, Self.access()).isOperator)
    }

    /// The peer, the host, what the configuration guards, and whether a page of that name is kept out.
    @Test(
        arguments: [
            ("127.0.0.1", "evil.example:54320", true), ("192.0.2.7", "evil.example:54320", true), ("::1", "evil.example", true),
            ("192.0.2.7", "127.0.0.1.evil.example", true), ("192.0.2.7", "cams.example.evil.example", true),
            ("127.0.0.1", "localhost:54320", false), ("192.0.2.7", "relay.localhost", false), ("192.0.2.7", "192.0.2.1:54320", false),
            ("192.0.2.7", "[2001:db8::1]:54320", false), ("192.0.2.7", "camserver:54320", false), ("192.0.2.7", "camserver.local", false),
            ("192.0.2.7", "cams.example:54320", false), ("192.0.2.7", "CAMS.example", false),
            // A proxy that is believed knows its names.
            ("10.0.0.1", "evil.example", false),
        ])
    func aForeignNameIsMisledWhereItMatters(_ address: String, _ host: String, isMisled: Bool) throws {
        var admin = Self.access("10.0.0.1", admin: true)
        var closed = Self.access("10.0.0.1")
        closed.cors = .nobody
        var named = Self.access("10.0.0.1")
        (admin.hosts, closed.hosts, named.hosts) = (["cams.example"], ["cams.example"], ["cams.example"])
        #expect(try Self.requester(from: address, [("Host", host)], in: .admin, admin).isMisled == isMisled)
        #expect(try Self.requester(from: address, [("Host", host)], closed).isMisled == isMisled)
        #expect(try Self.requester(from: address, [("Host", host)], in: .webSocket("a"), named).isMisled == isMisled)
        // Everyone may read the pictures there, under any name.
        #expect(try !Self.requester(from: address, [("Host", host)], Self.access()).isMisled)
    }

    @Test(
        arguments: [
            // Who is trusted, who connects, what it says, who the viewer is.
            ([], "10.0.0.1", ["192.0.2.7"], "10.0.0.1:50000"),
            (["10.0.0.0/8"], "10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
            (["10.0.0.0/8"], "10.0.0.1", ["192.0.2.7, 10.0.0.2"], "192.0.2.7"),
            (["10.0.0.0/8"], "10.0.0.1", ["192.0.2.7", "198.51.100.1"], "198.51.100.1"),
            (["10.0.0.0/8"], "10.0.0.1", ["1.2.3.4, 192.0.2.7"], "192.0.2.7"),
            (["10.0.0.0/8"], "10.0.0.1", ["<script>"], "10.0.0.1:50000"),
            (["10.0.0.0/8"], "10.0.0.1", ["<script>, 192.0.2.7"], "192.0.2.7"),
            (["10.0.0.0/8"], "10.0.0.1", ["192.0.2.0/24"], "10.0.0.1:50000"),
            (["10.0.0.0/8"], "10.0.0.1", ["10.0.0.9"], "10.0.0.9"),
            (["10.0.0.0/8"], "10.0.0.1", ["192.0.2.7:61234"], "192.0.2.7"),
            (["10.0.0.0/8"], "10.0.0.1", ["[2001:db8::1]:443, 10.0.0.2:80"], "2001:db8::1"),
            (["10.0.0.0/8"], "10.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
            (["10.0.0.0/8"], "10.0.0.1", ["unix"], "10.0.0.1:50000"),
            (["10.0.0.0/8"], "10.0.0.1", ["192.0.2.7:1:2"], "10.0.0.1:50000"),
            (["10.0.0.0/8"], "11.0.0.1", ["192.0.2.7"], "11.0.0.1:50000"),
            (["10.0.0.1"], "::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
            (["fd00::/8"], "fd00::5", ["192.0.2.7"], "192.0.2.7"),
            (["unix"], nil, ["192.0.2.7"], "192.0.2.7"),
            ([], nil, ["192.0.2.7"], "unix"),
        ] as [([String], String?, [String], String)])
    func viewerIsWhoTheTrustedProxySaw(_ proxies: [String], _ address: String?, _ forwarded: [String], viewer: String) throws {
        var access = AccessConfiguration()
        access.trustedProxies = proxies.compactMap { AddressRange($0) }
        let headers = forwarded.map { ("X-Forwarded-For", $0) }
        #expect(try Self.requester(from: address, headers, access).origin.description == viewer)
    }
}
