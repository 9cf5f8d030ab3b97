import CameraClient
import MJPEG
import NIOCore
import RelayConfiguration
import Text

/// One source as the status shows it: gathered once, then written as page, JSON or metrics.
struct SourceReport: Sendable {
    let name: String
    let status: SourceStatus
    let totals: ViewerTotals
    let newest: Hub.Newest?
    let rates: RateMeter.Rates
    /// The camera's address without login and query, or the file's path.
    let address: String
    /// All addresses of a list, in the order of preference; empty where there is only one.
    let addresses: [String]
    /// The figures of the hub's shards; empty in a report that did not ask the shards' event loops.
    let hub: HubReport
    /// The rate that limits the frames of viewers; nil where none does.
    let limit: RateShares.Share?
    /// Viewers refused so far.
    let refused: UInt64
    /// Whether the report may contain the addresses of the camera and of the viewers.
    let isForOperator: Bool
    /// Whether the camera is connected only while somebody watches.
    let isOnDemand: Bool
    /// Whether the source's pictures are published to the relay.
    let isPublished: Bool
    /// The present publisher.
    let publisher: Publisher?
    /// How far the publisher's clock is ahead of this machine's, in microseconds.
    let clockOffset: Int64?
    /// The relays to which the source is published.
    let pushes: [(address: String, values: PushReport.Values)]
    private let secrets: Secrets
    let now = NIODeadline.now()

    init(_ source: Source, hub: HubReport = HubReport(), isForOperator: Bool) {
        self.isForOperator = isForOperator
        refused = source.hub.demand.refused
        secrets = source.secrets
        isOnDemand = source.configuration.onDemand
        isPublished = source.configuration.publish != nil
        publisher = source.desk.current
        clockOffset = source.desk.clockOffset
        pushes = source.pushers.withLock { $0.map { ("\($0.push)", $0.report.values) } }
        name = source.name
        status = source.status
        totals = source.hub.totals
        newest = source.hub.newest
        let rates = source.hub.meter.withLock { $0.rates(to: source.sample) }
        self.rates = rates
        limit = source.hub.limit.flatMap { $0.framesPerSecond < rates.framesIn || rates.framesIn == 0 ? $0 : nil }
        address = status.camera?.address?.shown ?? source.configuration.upstream.shown
        let upstreams = source.configuration.upstreams
        addresses = upstreams.count > 1 ? upstreams.map(\.shown) : []
        self.hub = hub
    }

    /// The age of the newest frame in seconds, nil before the first.
    var age: Double? { newest.map { (now - $0.arrival).inSeconds } }

    /// Seconds to the next dial; nil while no dial is due.
    var retryIn: Double? { status.nextDial.map { max(0, ($0 - now).inSeconds) } }

    /// Dials that brought frames, without the first such dial.
    var reconnects: UInt64 { status.connects > 0 ? status.connects - 1 : 0 }

    /// Why the last connection ended; nil while none has ended.
    var reason: String? {
        if let opening = status.closedUntil { return "closed until \(opening)" }
        return status.lastError.map { secrets.hide(in: isForOperator ? $0.description : $0.publicDescription) }
    }

    /// The state and its reason in one line.
    var sentence: String {
        let state = status.state.rawValue
        switch status.state {
        case .stalled, .waiting, .refused: return "\(state): \(reason ?? "no reason known")"
        case .connecting: return state + (reason.map { "; before: \($0)" } ?? "")
        case .closed: return reason ?? state
        case .streaming, .idle, .off: return state
        }
    }
}

extension SourceReport {
    /// The members of the source's object in the status, which README.md lists. Values for operators only are null for everybody else.
    func members(listsViewers: Bool) -> [(String, JSONValue)] {
        [
            ("name", .string(name)),
            ("state", .string(status.state.rawValue)),
            ("since_seconds", .number((now - status.since).inSeconds)),
            ("on_demand", .bool(isOnDemand)),
            ("reason", reason.map { .string($0) } ?? .null),
            ("reason_code", status.closedUntil != nil ? .string("hours") : status.lastError.map { .string($0.code) } ?? .null),
            ("retry_in_seconds", retryIn.map { .number($0) } ?? .null),
            ("connects", .count(status.connects)),
            ("reconnects", .count(reconnects)),
            (
                "camera",
                .object([
                    ("url", isForOperator ? .string(address) : .null),
                    ("addresses", isForOperator && !addresses.isEmpty ? .array(addresses.indices.map(attempt)) : .null),
                    ("media_type", .optional(shown(\.mediaType))),
                    ("boundary", .optional(shown(\.boundary))),
                    ("learnt_boundary", .optional(shown(\.learntBoundary))),
                    ("server", .optional(shown(\.server))),
                    ("address", .optional(shown(\.address))),
                    ("certificate", isForOperator ? .optional(status.camera?.certificate.map { "\($0.fingerprint)" }) : .null),
                    ("polled", .bool(status.camera?.isPolledUnasked ?? false)),
                    ("quirks", .array(status.camera?.quirks.names.map { .string($0) } ?? [])),
                    ("pictures_dropped", .count(UInt64(status.camera?.picturesDropped ?? 0))),
                ])
            ),
            (
                "rates",
                .object([
                    ("fps_in", .number(rates.framesIn)), ("bits_in", .number(rates.bitsIn)),
                    ("fps_out", .number(rates.framesOut)), ("bits_out", .number(rates.bitsOut)),
                ])
            ),
            ("frames_in", .count(status.framesReceived)),
            ("bytes_in", .count(status.bytesReceived)),
            ("viewers", .integer(Int64(totals.viewers))),
            ("limited_by", limit.map { .string($0.limit.rawValue) } ?? .null),
            ("fps_limit", limit.map { .number($0.framesPerSecond) } ?? .null),
            ("viewers_refused", .count(refused)),
            ("frames_out", .count(totals.framesSent)),
            ("bytes_out", .count(totals.bytesSent)),
            ("frames_skipped", .count(totals.framesSkipped)),
            ("last_frame", newest.map(lastFrame) ?? .null),
            ("publisher", publisher.map(publisher) ?? .null),
            ("clock_offset_seconds", shownClockOffset.map { .number($0) } ?? .null),
            ("push", .array(pushes.map(push))),
            ("viewer_list", isForOperator && listsViewers ? .array(hub.viewers.map(viewer)) : .null),
        ]
    }

    /// The fields of the camera's answer; for operators only.
    func shown(_ text: KeyPath<CameraDescription, CameraText?>) -> String? {
        isForOperator ? status.camera?[keyPath: text]?.shown : nil
    }

    /// The state of one of several addresses: `in_use`, `failed` with the reason, or `untried` since the start.
    func stateOfAddress(_ place: Int) -> (state: String, reason: String?) {
        if status.alternative == place { return ("in_use", nil) }
        guard let attempt = status.attempts[place], attempt.error != .cancelled else { return ("untried", nil) }
        return ("failed", secrets.hide(in: attempt.error.description))
    }

    private func attempt(_ place: Int) -> JSONValue {
        let (state, reason) = stateOfAddress(place)
        return .object([("url", .string(addresses[place])), ("state", .string(state)), ("reason", .optional(reason))])
    }

    private func lastFrame(_ newest: Hub.Newest) -> JSONValue {
        .object([
            ("age_seconds", .number((now - newest.arrival).inSeconds)),
            ("bytes", .integer(Int64(newest.frame.jpegLength))),
            ("width", .integer(Int64(newest.frame.width))),
            ("height", .integer(Int64(newest.frame.height))),
        ])
    }

    /// How far the publisher's clock is ahead of this machine's, in seconds; nil for a small difference.
    var shownClockOffset: Double? {
        guard let clockOffset, abs(clockOffset) > 2_000_000 else { return nil }
        return Double(clockOffset / 1000) / 1000
    }

    private func publisher(_ publisher: Publisher) -> JSONValue {
        .object([
            ("name", isForOperator ? .string(publisher.visitor.name.shown(limit: 64)) : .null),
            ("address", isForOperator ? .string(publisher.visitor.host) : .null),
            ("program", isForOperator ? .optional(publisher.visitor.program?.shown) : .null),
            ("since_seconds", .number((now - publisher.since).inSeconds)),
        ])
    }

    private func push(_ push: (address: String, values: PushReport.Values)) -> JSONValue {
        let values = push.values
        let reason = values.error.map { secrets.hide(in: isForOperator ? $0.sentenceOfPush : $0.code) }
        return .object([
            ("address", isForOperator ? .string(push.address) : .null),
            ("state", .string(values.state == .streaming ? "connected" : values.state.rawValue)),
            ("reason", .optional(reason)),
            ("reason_code", .optional(values.error?.code)),
            ("retry_in_seconds", values.nextDial.map { .number(max(0, ($0 - now).inSeconds)) } ?? .null),
            ("wanted", .bool(values.isWanted)),
            ("frames_sent", .count(values.framesSent)),
            ("bytes_sent", .count(values.bytesSent)),
        ])
    }

    private func viewer(_ viewer: ViewerReport) -> JSONValue {
        .object([
            ("address", .string(viewer.origin.description)),
            ("relay", .bool(viewer.isRelay)),
            ("since_seconds", .number((now - viewer.since).inSeconds)),
            ("frames_sent", .count(viewer.framesSent)),
            ("frames_skipped", .count(viewer.framesSkipped)),
            ("last_frame_age_seconds", viewer.lastArrival.map { .number((now - $0).inSeconds) } ?? .null),
        ])
    }
}
