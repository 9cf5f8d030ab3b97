import Accounts
import ArgumentParser
import Glibc
import RelayConfiguration

/// `mjpeg-relay link`: signs an address, so that it opens one source without a login.
struct LinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Print a link that opens one source without a login.",
        usage: "mjpeg-relay link [-c FILE] [--for TIME | --until TIME] [--key NAME] [--source NAME] URL",
        discussion: """
            The URL is the one that viewers call, such as https://cams.example/yard/ or …/yard/stream; the link opens everything of that \
            source. The key is one of link_keys in the file, or, for a relay that was started with one camera, MJPEG_RELAY_LINK_KEY of \
            the environment. A link without an end holds until its key is taken away.
            """
    )

    @Argument(help: "The address to be signed.")
    var url: String

    @Option(
        name: [.customShort("c", allowingJoined: true), .long], help: ArgumentHelp("The relay's file, with link_keys.", valueName: "file"))
    var config: String?

    @Option(name: .customLong("for"), help: ArgumentHelp("How long it holds: 90s, 5m, 12h, 7d, 2w.", valueName: "time"))
    var duration: String?

    @Option(help: ArgumentHelp("When it ends: 2026-12-24, 2026-12-24T18:00 (local time; with Z: UTC).", valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("The name of the key, where there are several.", valueName: "name"))
    var key: String?

    @Option(help: ArgumentHelp("The source, where the address does not name it.", valueName: "name"))
    var source: String?

    private var address: LinkAddress? { LinkAddress(url) }

    func validate() throws {
        if let config { try ConfigurationFile.validate(config) }
        guard address != nil else { throw ValidationError("the address must be one like https://cams.example/yard/, without a login") }
        if duration != nil, until != nil { throw ValidationError("give --for or --until, not both") }
        _ = try end()
    }

    func run() async throws {
        let configuration = try load()
        guard let address, let source = source ?? address.source(in: configuration) else {
            try fail("the address names no source of the file; --source NAME does")
        }
        guard configuration.sources.contains(where: { $0.name == source }) else { try fail("there is no source '\(source)'") }
        let link = SignedLink(to: source, until: try end(), by: try chosenKey(configuration.access.linkKeys))
        Output.say(address.signed(by: link.query))
    }

    /// 0 for none.
    private func end() throws -> Int {
        let now = time(nil)
        if let duration {
            guard let seconds = LinkEnd.duration(duration) else { throw ValidationError("--for is a time such as 12h or 7d") }
            return now + seconds
        }
        guard let until else { return 0 }
        guard let end = LinkEnd.time(until) else { throw ValidationError("--until is a time such as 2026-12-24 or 2026-12-24T18:00") }
        guard end > now else { throw ValidationError("--until is over already") }
        return end
    }

    private func load() throws -> RelayConfiguration {
        let environment = ConfigurationFile.environment
        let path = config ?? ConfigurationFile.found
        let key = environment[RelayConfiguration.linkKeyVariable]
        if path == nil, key == nil {
            try fail("there is no relay.yaml; -c names it, or \(RelayConfiguration.linkKeyVariable) holds the key")
        }
        do throws(ConfigurationError) {
            if let path { return try .load(path: path, environment: environment) }
            // The single-URL mode needs some camera here; a link does not depend on it.
            let camera = SourceConfiguration(name: RelayConfiguration.singleSourceName, upstream: .file(path: ""))
            var configuration = RelayConfiguration(mode: .single, sources: [camera])
            if let key { try configuration.useLinkKey(key) }
            return configuration
        } catch {
            for problem in error.problems { Output.complain("\(problem)") }
            throw ExitCode(1)
        }
    }

    private func chosenKey(_ keys: [LinkKey]) throws -> LinkKey {
        let names = keys.map(\.name).joined(separator: ", ")
        if let key {
            guard let chosen = keys.first(where: { $0.name == key }) else { try fail("there is no key '\(key)', only: \(names)") }
            return chosen
        }
        guard let first = keys.first else { try fail("the file has no link_keys; openssl rand -hex 32 makes a key") }
        guard keys.count == 1 else { try fail("there are several keys; --key says which: \(names)") }
        return first
    }

    private func fail(_ sentence: String) throws -> Never {
        Output.complain(sentence)
        throw ExitCode(1)
    }
}
