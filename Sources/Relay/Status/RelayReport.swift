import CameraClient
import MJPEG
import NIOCore
import RelayConfiguration

/// The relay itself, as the status shows it.
struct RelayReport: Sendable {
    let version: String
    let uptime: TimeAmount
    let reload: ReloadReport
    let certificates: [CertificateReport]
    /// The relays whose sources appear here.
    let relays: [(relay: MirroredRelay, report: RelayLister.Report)]
    /// Whether problems of the configuration may be shown: their sentences contain paths and names.
    let isForOperator: Bool
    let time = Timestamp.now()
    let now = NIODeadline.now()
    let process: ProcessReport

    /// The relay's clock, from which pages compute the age of pictures.
    var timeMember: (String, JSONValue) { ("time", .number(Double(time.microseconds) / 1e6)) }

    private func mirrored(_ one: (relay: MirroredRelay, report: RelayLister.Report)) -> JSONValue {
        .object([
            ("name", .string(one.relay.name)),
            ("state", .string(one.report.isConnected ? "connected" : "waiting")),
            ("reason", isForOperator ? .optional(one.report.reason) : .null),
            ("sources", .integer(Int64(one.report.sources))),
            ("names_taken", .array(isForOperator ? one.report.takenNames.map { .string($0) } : [])),
        ])
    }

    var jsonMembers: [(String, JSONValue)] {
        [
            ("version", .string(version)),
            timeMember,
            ("uptime_seconds", .number(uptime.inSeconds)),
            ("memory_bytes", .optional(process.memoryBytes)),
            ("private_memory_bytes", .optional(process.privateBytes)),
            ("descriptors", .object([("open", .optional(process.descriptors)), ("limit", .optional(process.descriptorLimit))])),
            ("relays", .array(relays.map(mirrored))),
            ("certificates", .array(certificates.map { $0.json(isForOperator: isForOperator) })),
            (
                "reload",
                .object([
                    ("age_seconds", reload.time.map { .number((now - $0).inSeconds) } ?? .null),
                    ("problem_count", .integer(Int64(reload.problems.count))),
                    ("problems", isForOperator ? .array(reload.problems.map { .string($0) }) : .null),
                ])
            ),
        ]
    }
}
