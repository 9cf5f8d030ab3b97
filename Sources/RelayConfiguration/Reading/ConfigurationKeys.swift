/// The keys of relay.yaml, one row each. What a row does not name is unknown; relay.yaml at the top describes every row.
enum ConfigurationKeys {
    /// The file's own keys. `defaults` is read before `sources`, which start from it.
    static let top: [ConfigurationKey<FileDraft>] = [
        ConfigurationKey("listen", \.listen, .listenAddresses),
        ConfigurationKey("drain_timeout", \.configuration.drainTimeout, .duration(.zero ... .seconds(600), example: "5s")),
        ConfigurationKey("log", \.configuration.log, .section(.log, log, from: LogConfiguration())),
        ConfigurationKey("defaults", read: FileDraft.readDefaults),
        ConfigurationKey("sources", read: FileDraft.readSources),
    ]

    /// The keys of `log`.
    static let log: [ConfigurationKey<LogConfiguration>] = [
        ConfigurationKey("level", \.level, .word()),
        ConfigurationKey("format", \.format, .word()),
        ConfigurationKey("viewers", \.viewers, .boolean),
    ]

    /// The keys that only a source has.
    static let sourceOnly: [ConfigurationKey<SourceDraft>] = [
        ConfigurationKey("url", \.source.upstream, .upstream),
        ConfigurationKey("port", \.source.port, .port),
    ]

    /// The keys that `defaults` sets for every source which does not set them itself.
    static let inheritable: [ConfigurationKey<SourceDraft>] = [
        ConfigurationKey("headers", \.source.headers, .headers),
        ConfigurationKey("connect_timeout", \.source.connectTimeout, .duration(.milliseconds(100) ... .seconds(300), example: "5s")),
        ConfigurationKey("reconnect_min", \.source.reconnectMin, .duration(.milliseconds(100) ... .seconds(600), example: "500ms")),
        ConfigurationKey("reconnect_max", \.source.reconnectMax, .duration(.milliseconds(100) ... .seconds(3600), example: "10s")),
        ConfigurationKey("stall_timeout", \.source.stallTimeout, .duration(.milliseconds(100) ... .seconds(3600), example: "10s")),
        ConfigurationKey("max_frame_size", \.source.maxFrameSize, .size((1 << 10)...(256 << 20), example: "16MiB")),
        ConfigurationKey("fps", \.source.fps, .decimal(0.1...120, unit: "frames per second")),
        ConfigurationKey("max_fps", \.source.maxFPS, .optional(.decimal(0.1...120, unit: "frames per second"))),
    ]

    /// The keys of a source.
    static let source = sourceOnly + inheritable

    /// What an unknown key was probably meant to be, as the end of a sentence; empty where nothing comes to mind.
    static func hint(for key: String, among known: [String]) -> String {
        if let word = Spelling.closest(to: key, among: known) { return "; did you mean '\(word)'?" }
        if sourceOnly.contains(where: { $0.name == key }) { return "; it belongs in a source" }
        if inheritable.contains(where: { $0.name == key }) { return "; it belongs in a source or in 'defaults'" }
        if top.contains(where: { $0.name == key }) { return "; it belongs at the top of the file" }
        if log.contains(where: { $0.name == key }) { return "; it belongs in 'log'" }
        return ""
    }
}
