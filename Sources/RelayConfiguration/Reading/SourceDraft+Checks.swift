import CameraURL

/// What looks at more than one value of a source.
extension SourceDraft {
    /// The source with its address, its login and its checks of certificates put together; right only if nothing is reported.
    var finished: SourceConfiguration {
        var result = source
        let upstreams = publish.map { [.publisher($0)] } ?? program.map { [.program($0)] } ?? urls.map { withLogin($0) }
        if let first = upstreams.first { result.upstream = first }
        result.alternatives = Array(upstreams.dropFirst())
        // What the source itself says of its certificate replaces what `defaults` says.
        if isOwn("tls_verify"), !isOwn("tls_fingerprint") { result.certificateFingerprint = nil }
        if result.certificateFingerprint != nil { result.verifiesCertificate = true }
        return result
    }

    /// Reports what does not go together.
    func checkTogether(_ reader: inout ConfigurationReader) {
        let section = Section.source(source.name)
        let origins = ["url", "exec", "publish"].filter { places.keys[$0] != nil }
        if let first = origins.first {
            for other in origins.dropFirst() {
                reader.report("\(section.label) has both '\(first)' and '\(other)'; keep one", at: places.keys[other])
            }
        } else {
            reader.report("\(section.label) has no 'url'", at: place)
        }
        checkBackOff(&reader)
        checkExclusive("password", "password_file", "the password comes from one of them", &reader)
        checkExclusive("tls_verify", "tls_fingerprint", "a fingerprint is checked in place of everything else", &reader)
        checkLogin(section, &reader)
        checkUse(section, &reader)
    }

    private func checkBackOff(_ reader: inout ConfigurationReader) {
        guard !places.failed("reconnect_min"), !places.failed("reconnect_max"), source.reconnectMin > source.reconnectMax else { return }
        if let origin = places.values["reconnect_min"] {
            let unset = places.values["reconnect_max"] == nil ? " (\(DurationText.format(source.reconnectMax)) unless set)" : ""
            reader.report("'reconnect_min'\(origin.section.suffix) is longer than 'reconnect_max'\(unset)", at: origin.place)
        } else if let origin = places.values["reconnect_max"] {
            let unset = " (\(DurationText.format(source.reconnectMin)) unless set)"
            reader.report("'reconnect_min'\(unset) is longer than 'reconnect_max'\(origin.section.suffix)", at: origin.place)
        }
    }

    private func isOwn(_ key: String) -> Bool {
        places.values[key]?.section == Section.source(source.name)
    }

    /// Reports two keys that the same part of the file sets.
    private func checkExclusive(_ one: String, _ other: String, _ why: String, _ reader: inout ConfigurationReader) {
        guard let first = places.values[one], let second = places.values[other], first.section == second.section else { return }
        reader.report("'\(one)' and '\(other)'\(second.section.suffix) exclude each other: \(why)", at: second.place)
    }

    private func checkLogin(_ section: Section, _ reader: inout ConfigurationReader) {
        let login = ["username", "password", "password_file"].compactMap { key in places.values[key].map { (key, $0) } }
        // Of a list, the addresses without a login get the keys'.
        let hasURLLogin = !urls.isEmpty && urls.allSatisfy { $0.login != nil || !$0.isCamera }
        if places.keys["username"] == nil, let (key, origin) = login.first(where: { $0.1.section == section }) {
            reader.report("'\(key)'\(origin.section.suffix) needs a 'username'", at: origin.place)
        }
        if hasURLLogin, let (key, origin) = login.first(where: { $0.1.section == section }) {
            reader.report("\(section.label) has a login in its URL and a '\(key)'; keep one", at: origin.place)
        }
        guard source.headers.contains(where: { $0.name.lowercased() == "authorization" }), let origin = places.values["headers"] else {
            return
        }
        if hasURLLogin {
            reader.report("\(section.label) has a login in its URL and an 'Authorization' in 'headers'; keep one", at: origin.place)
        } else if username != nil, program == nil {
            reader.report("\(section.label) has a 'username' and an 'Authorization' in 'headers'; keep one", at: origin.place)
        }
    }

    /// Reports keys that mean nothing to this kind of source.
    private func checkUse(_ section: Section, _ reader: inout ConfigurationReader) {
        let isCamera = urls.contains { $0.isCamera }
        let isFile = urls.contains { if case .file = $0 { true } else { false } }
        if publish != nil {
            let whose = "a published source, whose publisher decides that"
            for key in ["on_demand", "headers"] {
                guard let origin = places.values[key], origin.section == section else { continue }
                reader.report("'\(key)'\(section.suffix) means nothing to \(whose)", at: origin.place)
            }
        }
        if places.keys["push"] == nil, let origin = places.values["push_when"], origin.section == section {
            reader.report("'push_when'\(section.suffix) is only for a source with 'push'", at: origin.place)
        }
        guard program != nil || publish != nil || isCamera || isFile else { return }
        if !isFile, let fps = places.values["fps"], fps.section == section {
            reader.report("'fps'\(section.suffix) is only for a file: URL; a camera sets its own pace", at: fps.place)
        }
        if !isCamera {
            for key in ConfigurationKeys.networkOnly {
                guard let origin = places.values[key], origin.section == section else { continue }
                reader.report("'\(key)'\(section.suffix) is only for an http: or https: URL", at: origin.place)
            }
        }
        let isOnlyRelay = !urls.isEmpty && urls.allSatisfy { if case .relay = $0 { true } else { false } }
        if isOnlyRelay, publish == nil, program == nil {
            for key in ["headers", "redirects", "interval"] {
                guard let origin = places.values[key], origin.section == section else { continue }
                reader.report("'\(key)'\(section.suffix) is only for an http: or https: URL", at: origin.place)
            }
        }
        if isFile, !places.failed("fps"), !places.failed("stall_timeout"), Duration.seconds(1 / source.fps) >= source.stallTimeout,
            let origin = places.values["fps"] ?? places.values["stall_timeout"]
        {
            let why = "at its 'fps', frames come no sooner than 'stall_timeout' ends"
            reader.report("\(section.label) would always be stalled: \(why)", at: origin.place)
        }
    }

    /// Gives an address the login of the keys, unless it has one itself.
    private func withLogin(_ upstream: SourceConfiguration.Upstream) -> SourceConfiguration.Upstream {
        guard var url = upstream.url, url.login == nil, let username else { return upstream }
        let ownFile = isOwn("password_file") && !isOwn("password")
        let secret = ownFile ? filePassword : password ?? filePassword
        url.login = CameraURL.Login(user: username, password: secret ?? "")
        return if case .relay = upstream { .relay(url) } else { .camera(url) }
    }
}

extension SourceConfiguration.Upstream {
    /// Whether it is an address in the network.
    var isCamera: Bool { url != nil }

    /// The address of a camera or a relay.
    var url: CameraURL? {
        switch self {
        case .camera(let url), .relay(let url): url
        case .file, .program, .publisher: nil
        }
    }

    /// The login in an address.
    var login: CameraURL.Login? { url?.login }
}
