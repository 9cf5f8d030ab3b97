import NIOCore
import NIOHTTP1

/// The newest frame as one picture.
enum Snapshot {
    /// 200 with the picture while it is younger than `stall_timeout`, else 503 with when to ask again: an old picture must
    /// not pass for a new one.
    static func answer(from source: Source, at now: NIODeadline) -> HTTPAnswer {
        guard let newest = source.hub.newest, now - newest.arrival < TimeAmount(source.configuration.stallTimeout) else {
            return .text(.serviceUnavailable, SourceReport(source).sentence, headers: ["Retry-After": "2"])
        }
        var headers = CORS.headers
        headers.add(name: "X-Timestamp", value: "\(newest.frame.timestamp)")
        headers.add(name: "Age", value: String((now - newest.arrival).nanoseconds / 1_000_000_000))
        return HTTPAnswer(.ok, type: "image/jpeg", body: newest.frame.jpeg, headers: headers)
    }
}
