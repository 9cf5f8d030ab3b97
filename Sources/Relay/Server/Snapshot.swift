import MJPEG
import NIOCore
import NIOHTTP1
import RelayConfiguration

/// The newest frame as one picture.
enum Snapshot {
    /// 200 with the picture while it is younger than `stall_timeout`, else 503 with when to ask again: an old picture must
    /// not pass for a new one. The 503 shows the placeholder, so that people see and programs know; with `on_loss: silent`
    /// it is a text.
    static func answer(
        with newest: Hub.Newest?, of source: Source, onLoss: SourceConfiguration.OnLoss?, at now: NIODeadline
    ) -> HTTPAnswer {
        let policy = source.hub.policy
        if let newest, !policy.isOff, now - newest.arrival < policy.stallTimeout {
            var headers = CORS.headers
            headers.add(name: "X-Timestamp", value: "\(newest.frame.timestamp)")
            headers.add(name: "Age", value: String((now - newest.arrival).nanoseconds / 1_000_000_000))
            return HTTPAnswer(.ok, type: "image/jpeg", body: newest.frame.jpeg, headers: headers)
        }
        let headers: HTTPHeaders = ["Retry-After": "2", "Access-Control-Allow-Origin": "*"]
        guard (onLoss ?? policy.onLoss) != .silent else {
            return .text(.serviceUnavailable, SourceReport(source).sentence, headers: headers)
        }
        return HTTPAnswer(.serviceUnavailable, type: "image/jpeg", body: policy.placeholder, headers: headers)
    }
}
