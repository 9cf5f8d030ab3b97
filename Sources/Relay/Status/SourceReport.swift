import MJPEG
import NIOCore

/// What the status says of one source: gathered once, then written as page or JSON.
struct SourceReport: Sendable {
    let name: String
    let status: SourceStatus
    let totals: ViewerTotals
    let newest: Hub.Newest?
    let now = NIODeadline.now()

    init(_ source: Source) {
        name = source.name
        status = source.status
        totals = source.hub.totals
        newest = source.hub.newest
    }

    /// The age of the newest frame in seconds, nil before the first.
    var age: Double? { newest.map { (now - $0.arrival).inSeconds } }

    /// Seconds to the next dial, nil while none is due.
    var retryIn: Double? { status.nextDial.map { max(0, ($0 - now).inSeconds) } }

    /// The state and its reason in one line.
    var sentence: String {
        switch status.state {
        case .streaming, .idle, .off: status.state.rawValue
        case .connecting: "connecting" + (status.lastError.map { "; before: \($0)" } ?? "")
        case .stalled, .waiting, .refused: "\(status.state.rawValue): " + (status.lastError.map { "\($0)" } ?? "no reason known")
        }
    }

    var json: JSONValue {
        .object([
            ("name", .string(name)),
            ("state", .string(status.state.rawValue)),
            ("since_seconds", .number((now - status.since).inSeconds)),
            ("reason", status.lastError.map { .string("\($0)") } ?? .null),
            ("reason_code", status.lastError.map { .string($0.code) } ?? .null),
            ("retry_in_seconds", retryIn.map { .number($0) } ?? .null),
            ("connects", .integer(Int64(clamping: status.connects))),
            (
                "camera",
                .object([
                    ("media_type", status.camera?.mediaType.map { .string($0) } ?? .null),
                    ("boundary", status.camera?.boundary.map { .string($0) } ?? .null),
                    ("server", status.camera?.server.map { .string($0) } ?? .null),
                    ("address", status.camera?.address.map { .string($0) } ?? .null),
                    ("certificate", status.camera?.certificate.map { .string("\($0.fingerprint)") } ?? .null),
                    ("quirks", .array((status.camera?.quirks.names ?? []).map { .string($0) })),
                ])
            ),
            ("frames_in", .integer(Int64(clamping: status.framesReceived))),
            ("bytes_in", .integer(Int64(clamping: status.bytesReceived))),
            ("viewers", .integer(Int64(totals.viewers))),
            ("frames_out", .integer(Int64(clamping: totals.framesSent))),
            ("bytes_out", .integer(Int64(clamping: totals.bytesSent))),
            ("frames_skipped", .integer(Int64(clamping: totals.framesSkipped))),
            (
                "last_frame",
                newest.map { newest in
                    .object([
                        ("age_seconds", .number((now - newest.arrival).inSeconds)),
                        ("bytes", .integer(Int64(newest.frame.jpegLength))),
                        ("width", .integer(Int64(newest.frame.width))),
                        ("height", .integer(Int64(newest.frame.height))),
                    ])
                } ?? .null
            ),
        ])
    }
}
