/// The keys of relay.yaml, one row each. What a row does not name is unknown; relay.yaml at the top describes every row.
enum ConfigurationKeys {
    /// The file's own keys. `defaults` is read before `sources`, which start from it, and these before what is included.
    static let top: [ConfigurationKey<FileDraft>] = [
        ConfigurationKey("listen", \.listen, .listenAddresses),
        ConfigurationKey("admin", \.admin, .adminAddresses),
        ConfigurationKey("certificates", \.certificates, .certificates),
        ConfigurationKey("trusted_proxies", \.configuration.access.trustedProxies, .addressRanges),
        ConfigurationKey("hosts", \.configuration.access.hosts, .hostNames),
        ConfigurationKey("cors", \.configuration.access.cors, .corsPolicy),
        ConfigurationKey("frame_ancestors", \.configuration.access.frameAncestors, .origins),
        ConfigurationKey("drain_timeout", \.configuration.drainTimeout, .duration(.zero ... .seconds(600), example: "5s")),
        ConfigurationKey("max_viewers", \.configuration.maxViewers, .count(1...99_999, of: "viewers")),
        ConfigurationKey(
            "max_viewers_per_address", \.configuration.access.maxViewersPerAddress, .count(1...99_999, of: "viewers")),
        ConfigurationKey("max_rate", \.configuration.maxRate, .rate),
        ConfigurationKey("timezone", \.configuration.timeZone, .timeZone),
        ConfigurationKey("users", \.users, .users),
        ConfigurationKey("link_keys", \.configuration.access.linkKeys, .linkKeys),
        ConfigurationKey("session_key", \.configuration.access.sessionKey, .key),
        ConfigurationKey("notify", \.notify, .notify),
        ConfigurationKey("log", \.configuration.log, .section(.log, log, from: LogConfiguration())),
        ConfigurationKey("relays", \.configuration.relays, .relays),
        ConfigurationKey("defaults", read: FileDraft.readDefaults),
        ConfigurationKey("sources", read: FileDraft.readSources),
        ConfigurationKey("include_exec", \.includesPrograms, .boolean),
        ConfigurationKey("include", read: FileDraft.readIncluded),
    ]

    /// The keys of a file that is included.
    static let included: [ConfigurationKey<FileDraft>] = [ConfigurationKey("sources", read: FileDraft.readSources)]

    /// The keys of `log`.
    static let log: [ConfigurationKey<LogConfiguration>] = [
        ConfigurationKey("level", \.level, .word()),
        ConfigurationKey("format", \.format, .word()),
        ConfigurationKey("viewers", \.viewers, .boolean),
    ]

    /// The keys of an entry of `notify`.
    static let notify: [ConfigurationKey<NotifyDraft>] = [
        ConfigurationKey("exec", \.program, .program),
        ConfigurationKey("url", \.url, .httpURL),
        ConfigurationKey("after", \.value.after, .duration(.seconds(1) ... .seconds(86400), example: "60s")),
        ConfigurationKey("sources", \.sources, .sourceNames),
        ConfigurationKey("headers", \.value.headers, .headers),
        ConfigurationKey("tls_verify", \.value.verifiesCertificate, .boolean),
        ConfigurationKey("tls_fingerprint", \.value.certificateFingerprint, .fingerprint),
    ]

    /// The keys of an address that is a mapping.
    static let listener: [ConfigurationKey<ListenerDraft>] = [
        ConfigurationKey("address", \.address, .text("an address, such as 0.0.0.0:80")),
        ConfigurationKey("redirect", \.redirect, .word()),
    ]

    /// The keys of a certificate.
    static let certificate: [ConfigurationKey<CertificateDraft>] = [
        ConfigurationKey("chain", \.chain, .text("the path of a certificate in PEM form")),
        ConfigurationKey("key", \.key, .text("the path of a private key in PEM form")),
    ]

    /// The keys of a user.
    static let user: [ConfigurationKey<AccountDraft>] = [
        ConfigurationKey("password", \.password, .loginText("a password")),
        ConfigurationKey("password_file", \.filePassword, .passwordFile),
        ConfigurationKey("password_hash", \.hash, .passwordHash),
        ConfigurationKey("operator", \.isOperator, .boolean),
    ]

    /// The keys of a source's `publish`.
    static let publish: [ConfigurationKey<PublishDraft>] = [
        ConfigurationKey("password", \.password, .loginText("a password")),
        ConfigurationKey("password_file", \.filePassword, .passwordFile),
        ConfigurationKey("password_hash", \.hash, .passwordHash),
        ConfigurationKey("from", \.from, .addressRanges),
    ]

    /// The keys of an address of `push` that is a mapping.
    static let push: [ConfigurationKey<PushDraft>] = [
        ConfigurationKey("url", \.url, .text("an address, wss://… or ws://…")),
        ConfigurationKey("tls_verify", \.verifiesCertificate, .boolean),
        ConfigurationKey("tls_fingerprint", \.fingerprint, .fingerprint),
    ]

    /// The keys of an entry of `relays`.
    static let relay: [ConfigurationKey<MirroredRelayDraft>] = [
        ConfigurationKey("url", \.urls, .relayURLs),
        ConfigurationKey("username", \.username, .loginText("a user's name")),
        ConfigurationKey("password", \.password, .loginText("a password")),
        ConfigurationKey("password_file", \.filePassword, .passwordFile),
        ConfigurationKey("prefix", \.prefix, .text("what stands before the names of its sources")),
        ConfigurationKey("tls_verify", \.verifiesCertificate, .boolean),
        ConfigurationKey("tls_fingerprint", \.fingerprint, .fingerprint),
    ]

    /// The keys that only a source has.
    static let sourceOnly: [ConfigurationKey<SourceDraft>] = [
        ConfigurationKey("url", \.urls, .upstreams),
        ConfigurationKey("exec", \.program, .program),
        ConfigurationKey("publish", \.publish, .publish),
        ConfigurationKey("push", \.source.push, .pushes),
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
        ConfigurationKey("max_fps", \.source.maxFPS, .decimal(0.1...120, unit: "frames per second")),
        ConfigurationKey("enabled", \.source.enabled, .boolean),
        ConfigurationKey("on_demand", \.source.onDemand, .boolean),
        ConfigurationKey("linger", \.source.linger, .duration(.zero ... .seconds(86400), example: "30s")),
        ConfigurationKey("snapshot_linger", \.source.snapshotLinger, .duration(.zero ... .seconds(86400), example: "2s")),
        ConfigurationKey("heartbeat", \.source.heartbeat, .duration(.milliseconds(500) ... .seconds(3600), example: "5s")),
        ConfigurationKey("on_loss", \.source.onLoss, .word()),
        ConfigurationKey("placeholder", \.source.placeholder, .placeholder),
        ConfigurationKey("max_viewers", \.source.maxViewers, .count(1...99_999, of: "viewers")),
        ConfigurationKey("max_viewers_per_address", \.source.maxViewersPerAddress, .count(1...99_999, of: "viewers")),
        ConfigurationKey("max_rate", \.source.maxRate, .rate),
        ConfigurationKey("max_viewer_rate", \.source.maxViewerRate, .rate),
        ConfigurationKey("min_fps", \.source.minFPS, .decimal(0.01...30, unit: "frames per second")),
        ConfigurationKey("max_watch", \.source.maxWatch, .duration(.seconds(1) ... .seconds(86400), example: "30m")),
        ConfigurationKey("watch_pause", \.source.watchPause, .duration(.zero ... .seconds(86400), example: "5m")),
        ConfigurationKey("hours", \.source.hours, .hours),
        ConfigurationKey("viewers", \.source.viewers, .audience),
        ConfigurationKey("username", \.username, .loginText("a user's name")),
        ConfigurationKey("password", \.password, .loginText("a password")),
        ConfigurationKey("password_file", \.filePassword, .passwordFile),
        ConfigurationKey("tls_verify", \.source.verifiesCertificate, .boolean),
        ConfigurationKey("tls_fingerprint", \.source.certificateFingerprint, .fingerprint),
        ConfigurationKey("redirects", \.source.redirects, .word()),
        ConfigurationKey("interval", \.source.interval, .duration(.milliseconds(100) ... .seconds(3600), example: "1s")),
        ConfigurationKey("failback", \.source.failback, .duration(.seconds(1) ... .seconds(86400), example: "60s")),
        ConfigurationKey("listed", \.source.isListed, .boolean),
        ConfigurationKey("push_when", \.source.pushWhen, .word()),
    ]

    /// The inheritable keys that mean nothing to a file or a program.
    static let networkOnly = [
        "username", "password", "password_file", "tls_verify", "tls_fingerprint", "redirects", "interval",
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
        if certificate.contains(where: { $0.name == key }) { return "; it belongs in 'certificates'" }
        if notify.contains(where: { $0.name == key }) { return "; it belongs in 'notify'" }
        if user.contains(where: { $0.name == key }) { return "; it belongs in a user of 'users'" }
        if publish.contains(where: { $0.name == key }) { return "; it belongs in 'publish' of a source" }
        return ""
    }
}
