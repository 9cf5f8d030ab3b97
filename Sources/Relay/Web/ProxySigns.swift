import NIOHTTP1
import Text

/// What shows that a request comes through a proxy, believed or not: whoever comes through one of this machine seems to come from it.
enum ProxySigns {
    /// The beginnings of names of fields that proxies, content networks and login gateways add, and no client by itself.
    private static let beginnings: [StaticString] = [
        "x-forwarded", "x-real-", "x-original-", "x-rewrite-", "x-client-", "x-cluster-", "x-remote-", "x-proxy", "x-scheme",
        "x-url-scheme", "x-host", "x-sent-", "x-request-id", "x-correlation-", "x-amz", "x-azure-", "x-envoy-", "x-varnish", "x-nginx-",
        "x-arr-", "x-traefik-", "x-haproxy-", "x-caddy-", "x-akamai-", "x-auth-", "x-authenticated-", "x-webauth-", "x-ssl-", "x-tls-",
        "x-https", "x-appengine-", "x-cloud-", "x-vercel-", "x-b3-", "x-served-", "x-sucuri-", "forwarded", "via", "max-forwards", "proxy-",
        "cf-", "cdn-", "true-client-", "client-ip", "wl-proxy-", "fastly-", "fly-", "ngrok-", "tailscale-", "front-end-", "remote-", "ssl-",
        "akamai-", "traefik-", "incap-", "do-connecting-", "cloudfront-", "surrogate-", "traceparent", "tracestate", "uber-trace-", "b3",
    ]

    /// Whether a proxy has added something.
    static func areIn(_ headers: HTTPHeaders) -> Bool {
        headers.contains { field in beginnings.contains { ASCII.starts(field.name.utf8, with: $0) } }
    }

    /// Whether a request looks like one that a proxy passes on without a word, as nginx' bare `proxy_pass` does, which even puts the
    /// relay's own address into `Host`: it asks in HTTP/1.0 or for the connection's end; the page that it comes from lies elsewhere; or
    /// it is a browser's and does not say whence it asks, as browsers do not where they know the server by a name that is neither this
    /// machine's nor one of https (Fetch Metadata, 2; Secure Contexts, 3.1).
    ///
    /// A script's request through a proxy that keeps its connections cannot be told from one of this machine.
    static func areBetweenTheLines(of head: HTTPRequestHead) -> Bool {
        if head.version == .http1_0 { return true }
        if head.headers[canonicalForm: "Connection"].contains(where: { $0.lowercased() == "close" }) { return true }
        if head.headers.contains(name: "Accept-Language"), !head.headers.contains(name: "Sec-Fetch-Site") { return true }
        for page in head.headers["Origin"] + head.headers["Referer"] {
            guard let scheme = page.firstRange(of: "://") else { return true }
            let host = page[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            guard let field = HostField(String(host)), field.isLoopback else { return true }
        }
        return false
    }
}
