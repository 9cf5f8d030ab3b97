import NIOHTTP1
import Text

/// Signs that a request comes through a proxy, whether the proxy is trusted or not. A client of a proxy on this machine seems to be on this
/// machine.
enum ProxySigns {
    /// How the names of the header fields begin that proxies, content networks and login gateways add. Clients do not send such fields.
    private static let beginnings: [StaticString] = [
        "x-forwarded", "x-real-", "x-original-", "x-rewrite-", "x-client-", "x-cluster-", "x-remote-", "x-proxy", "x-scheme",
        "x-url-scheme", "x-host", "x-sent-", "x-request-id", "x-correlation-", "x-amz", "x-azure-", "x-envoy-", "x-varnish", "x-nginx-",
        "x-arr-", "x-traefik-", "x-haproxy-", "x-caddy-", "x-akamai-", "x-auth-", "x-authenticated-", "x-webauth-", "x-ssl-", "x-tls-",
        "x-https", "x-appengine-", "x-cloud-", "x-vercel-", "x-b3-", "x-served-", "x-sucuri-", "forwarded", "via", "max-forwards", "proxy-",
        "cf-", "cdn-", "true-client-", "client-ip", "wl-proxy-", "fastly-", "fly-", "ngrok-", "tailscale-", "front-end-", "remote-", "ssl-",
        "akamai-", "traefik-", "incap-", "do-connecting-", "cloudfront-", "surrogate-", "traceparent", "tracestate", "uber-trace-", "b3",
    ]

    /// Whether a proxy has added one of these fields.
    static func areIn(_ headers: HTTPHeaders) -> Bool {
        headers.contains { field in beginnings.contains { ASCII.starts(field.name.utf8, with: $0) } }
    }

    /// Whether a request may come through a proxy that adds no field, such as nginx with a bare `proxy_pass`, which even writes the relay's
    /// own address into `Host`. The signs are: HTTP/1.0; `Connection: close`; a page of another host in `Origin` or `Referer`; a browser's
    /// request without `Sec-Fetch-Site`. Browsers leave that field out when they know the server by a plain http name that is not the
    /// machine's own (Fetch Metadata, 2; Secure Contexts, 3.1). A local program that sends one of these signs is taken for a proxy's client
    /// too.
    ///
    /// A script's request through a proxy that keeps its connections open cannot be told from a request of this machine.
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
