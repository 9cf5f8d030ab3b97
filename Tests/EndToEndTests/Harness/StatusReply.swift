/// `/status` as JSON, as far as tests look at it.
struct StatusReply: Decodable {
    let version: String
    let uptimeSeconds: Double
    let sources: [SourceReply]
    let reload: Reload

    /// How the last reload went.
    struct Reload: Decodable {
        /// nil before the first.
        let ageSeconds: Double?
        let problems: [String]
    }
}

/// `/NAME/status` as JSON, as far as tests look at it.
struct SourceReply: Decodable {
    let name: String
    let state: String
    let reason: String?
    let reasonCode: String?
    let retryInSeconds: Double?
    let framesIn: Int
    let framesSkipped: Int
    let viewers: Int
    let connects: Int
    let lastFrame: LastFrame?

    /// The newest frame; there is none before the first.
    struct LastFrame: Decodable {
        let ageSeconds: Double
    }
}
