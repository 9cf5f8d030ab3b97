import NIOCore

/// `/NAME/stream`: the pictures one behind the other.
enum StreamAnswer {
    static func response(of source: Source, to request: Request) -> Response {
        guard request.served.stage != .draining else { return .answer(.shuttingDown) }
        do throws(QueryError) {
            let wishes = try ViewerWishes(request.target)
            let form = try StreamForm(headers: request.head.headers, target: request.target)
            var headers = request.pictureHeaders
            // For a relay that reads this relay, so that both wait equally long for a picture.
            if request.head.headers.first(name: "User-Agent") == "mjpeg-relay" {
                headers.add(name: "X-Stall-Timeout", value: source.hub.policy.stallTimeout.wholeSeconds)
            }
            return .stream(
                source,
                StreamRequest(
                    form: form, wishes: wishes, origin: request.requester.origin, admission: request.admission,
                    isCapped: request.isCapped, headers: headers))
        } catch {
            return .answer(.badQuery(error))
        }
    }
}

extension TimeAmount {
    /// In seconds, rounded up.
    fileprivate var wholeSeconds: String { "\(nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 > 0 ? 1 : 0))" }
}
