import NIOHTTP1
import RelayConfiguration

/// OPTIONS: what a browser asks before it lets another site's script ask (Fetch standard, CORS preflight).
enum PreflightAnswer {
    /// The methods that are answered.
    static let methods = "GET, HEAD, OPTIONS"

    static func answer(to head: HTTPRequestHead, _ policy: CORSPolicy) -> HTTPAnswer {
        var headers = PictureAccess.headers(for: head, policy)
        headers.add(name: "Allow", value: methods)
        if headers.contains(name: "Access-Control-Allow-Origin") {
            headers.add(name: "Access-Control-Allow-Methods", value: methods)
            headers.add(name: "Access-Control-Allow-Headers", value: "*")
            headers.add(name: "Access-Control-Max-Age", value: "86400")
        }
        return .text(.ok, methods, headers: headers)
    }
}
