import NIOHTTP1
import RelayConfiguration

/// The answer to OPTIONS, which a browser sends before it lets another site's script send the request (Fetch standard, CORS preflight).
enum PreflightAnswer {
    /// The methods that the relay answers.
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
