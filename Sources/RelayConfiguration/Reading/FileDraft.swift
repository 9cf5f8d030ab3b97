import Accounts
import Certificates

/// A file's configuration while it is read.
struct FileDraft: Sendable {
    /// An address with its place.
    struct Listener: Sendable {
        var address: ListenAddress
        /// nil for the built-in one.
        var place: Place?
        var kind = Kind.plain

        /// How it is spoken to.
        enum Kind: Sendable {
            case plain
            case encrypted
            /// Plain requests are sent to where it is encrypted.
            case redirect
        }
    }

    /// A certificate's files with their places.
    struct Certificate: Sendable {
        var files: CertificateFiles
        var chainPlace: Place
        var keyPlace: Place
    }

    var configuration = RelayConfiguration(sources: [])
    /// From `listen`; empty where the file does not set it.
    var listen: [Listener] = []
    /// From `admin`; empty where the file does not set it.
    var admin: [Listener] = []
    /// From `certificates`.
    var certificates: [Certificate] = []
    /// From `users`.
    var users: [Account] = []
    /// From `notify`.
    var notify: [NotifyDraft] = []
    /// From `defaults`.
    var prototype = SourceDraft()
    /// In the order of the file, then those of the files that it includes.
    var sources: [SourceDraft] = []
    /// Where each source's name stands.
    var namePlaces: [String: Place] = [:]
    /// Whether included files may hold programs.
    var includesPrograms = false

    /// Reads the value of `defaults`.
    static func readDefaults(_ node: YAMLNode, label: String, reader: inout ConfigurationReader, draft: inout FileDraft) -> Bool {
        guard !node.isNull else { return true }
        draft.prototype.places = reader.read(
            node, section: .defaults, keys: ConfigurationKeys.inheritable, into: &draft.prototype)
        return true
    }

    /// Reads the value of `sources`.
    static func readSources(_ node: YAMLNode, label: String, reader: inout ConfigurationReader, draft: inout FileDraft) -> Bool {
        let expected = "a mapping of names to sources, such as front: http://192.0.2.10/video"
        guard let entries = reader.entries(node, label: label, expected: expected) else { return false }
        for entry in entries {
            if let other = draft.namePlaces.updateValue(entry.place, forKey: entry.name) {
                draft.namePlaces[entry.name] = other
                let spot = reader.spot(other, from: entry.place)
                reader.report("\(Section.source(entry.name).label) is already at \(spot)", at: entry.place)
                continue
            }
            SourceDraft.checkName(entry.name, at: entry.place, &reader)
            draft.sources.append(readSource(entry.name, entry.value, at: entry.place, from: draft.prototype, reader: &reader))
        }
        return true
    }

    private static func readSource(
        _ name: String, _ node: YAMLNode, at place: Place, from prototype: SourceDraft, reader: inout ConfigurationReader
    ) -> SourceDraft {
        var draft = prototype
        draft.source.name = name
        draft.place = place
        let section = Section.source(name)
        if case .scalar = node.content, !node.isNull {
            // The short form: just the URL.
            var places = KeyPlaces()
            places.keys["url"] = node.place
            if let urls = ValueReader.upstreams.read(node, section.label, &reader) {
                draft.urls = urls
                places.values["url"] = KeyPlaces.Origin(place: node.place, section: section)
            }
            draft.places = places.inheriting(prototype.places)
        } else if !node.isNull {
            if case .sequence = node.content {
                reader.report("\(section.label) must be a URL or a mapping of keys, not a list", at: node.place)
                draft.places.keys["url"] = node.place
            } else {
                draft.places = reader.read(node, section: section, keys: ConfigurationKeys.source, into: &draft)
                    .inheriting(prototype.places)
            }
        }
        return draft
    }

    /// Makes the checks that look at several parts of the file and gives the configuration, right only if nothing is reported.
    consuming func finished(_ reader: inout ConfigurationReader, places: KeyPlaces) -> RelayConfiguration {
        // Files that are included may be written later.
        if sources.isEmpty, places.keys["include"] == nil, places.keys["relays"] == nil {
            if places.keys["sources"] == nil {
                reader.report("the file has no 'sources', the mapping of names to cameras", at: nil)
            } else if let place = places.values["sources"]?.place {
                reader.report("'sources' names no source", at: place)
            }
        }
        for source in sources { source.checkTogether(&reader) }
        if !places.failed("listen") {
            if !listen.isEmpty { configuration.listen = listen.filter { $0.kind == .plain }.map(\.address) }
            configuration.encryption.listen = listen.filter { $0.kind == .encrypted }.map(\.address)
            configuration.encryption.redirects = listen.filter { $0.kind == .redirect }.map(\.address)
            checkPorts(&reader)
        }
        configuration.access.admin = admin.filter { $0.kind == .plain }.map(\.address)
        configuration.access.encryptedAdmin = admin.filter { $0.kind == .encrypted }.map(\.address)
        if !places.failed("listen"), !places.failed("admin") { checkEncryption(&reader, places) }
        configuration.encryption.certificates = certificates.map(\.files)
        configuration.access.users = users
        // A page of another site would see what its visitor may see.
        if !users.isEmpty, places.keys["cors"] == nil { configuration.access.cors = .nobody }
        if !places.failed("users") { checkAudiences(&reader) }
        configuration.sources = sources.map(\.finished)
        for index in configuration.relays.indices { configuration.relays[index].defaults = prototype.source }
        let names = Set(sources.map(\.source.name))
        if !places.failed("sources") { for entry in notify { entry.checkSources(names, &reader) } }
        configuration.notify = notify.map(\.finished)
        return configuration
    }

    /// Reports encryption that lacks something, and certificates that cannot be served.
    private func checkEncryption(_ reader: inout ConfigurationReader, _ places: KeyPlaces) {
        let encrypted =
            listen.map { ($0, "listen") }.filter { $0.0.kind == .encrypted }
            + admin.map { ($0, "admin") }.filter { $0.0.kind == .encrypted }
        for (listener, key) in encrypted where places.keys["certificates"] == nil {
            reader.report("'\(key)': https:// needs 'certificates', which the file does not have", at: listener.place)
        }
        for listener in listen where listener.kind == .redirect && !listen.contains(where: { $0.kind == .encrypted }) {
            reader.report("'listen' has no https:// address to redirect to", at: listener.place)
        }
        if encrypted.isEmpty, let place = places.values["certificates"]?.place {
            reader.report("'certificates' are for https:// addresses, of which 'listen' and 'admin' have none", at: place)
        }
        for certificate in certificates where !reader.isKnownCertificate(certificate.files) {
            do throws(CertificateProblem) {
                _ = try CertificatePair(certificate.files)
            } catch {
                let isChain = error.file == .chain
                let label = isChain ? "'chain'" : "'key'"
                reader.report(
                    "\(label) in 'certificates': \(error.message)", at: isChain ? certificate.chainPlace : certificate.keyPlace)
            }
        }
    }

    /// Reports users who are not there.
    private func checkAudiences(_ reader: inout ConfigurationReader) {
        for draft in sources {
            guard let origin = draft.places.values["viewers"] else { continue }
            let label = "'viewers'\(origin.section.suffix)"
            switch draft.source.viewers {
            case .users where users.isEmpty: reader.report("\(label) means 'users', of which there are none", at: origin.place)
            case .named(let names):
                for name in names where !users.contains(where: { $0.name == name }) {
                    reader.report("\(label) names\(Spelling.quoted(name)), who is not in 'users'", at: origin.place)
                }
            default: break
            }
        }
    }

    /// Reports each address and port that an earlier place in the file takes already.
    ///
    /// A source's own port is opened on every host of `listen`, so it meets each address with that port.
    private func checkPorts(_ reader: inout ConfigurationReader) {
        let listeners = listen.isEmpty ? configuration.listen.map { Listener(address: $0) } : listen
        var uses = listeners.map { PortUse(address: $0.address, port: $0.address.port, owner: "'listen'", place: $0.place) }
        uses += admin.map { PortUse(address: $0.address, port: $0.address.port, owner: "'admin'", place: $0.place) }
        let hasHost = listeners.contains { $0.address.port != nil && $0.kind != .redirect }
        for draft in sources {
            guard let port = draft.source.port, let place = draft.places.values["port"]?.place else { continue }
            let section = Section.source(draft.source.name)
            if hasHost {
                uses.append(PortUse(address: nil, port: port, owner: section.label, place: place))
            } else {
                reader.report("'port'\(section.suffix) has no host to be opened on: 'listen' names none", at: place)
            }
        }
        var addresses: [PortUse] = []
        var ports: [Int: PortUse] = [:]
        for use in uses.sortedByPlace(\.place) {
            let other = use.port.flatMap { ports[$0] } ?? addresses.first { $0.excludes(use) }
            if let other {
                let line = other.place.map { " at \(reader.spot($0, from: use.place))" } ?? ", which is \(ListenAddress.builtIn) unless set"
                let what = use.address == nil ? "this port" : "this address"
                reader.report("\(what) is already taken by \(other.owner)\(line)", at: use.place)
            } else if use.address != nil {
                addresses.append(use)
            } else if let port = use.port {
                ports[port] = use
            }
        }
    }
}
