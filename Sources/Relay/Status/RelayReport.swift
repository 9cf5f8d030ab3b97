import NIOCore

/// What the status says of the relay itself.
struct RelayReport: Sendable {
    let version: String
    let uptime: TimeAmount
    let reload: ReloadReport

    var jsonMembers: [(String, JSONValue)] {
        [("version", .string(version)), ("uptime_seconds", .number(uptime.inSeconds)), ("reload", reload.json)]
    }
}

extension TimeAmount {
    /// Seconds as a number.
    var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
