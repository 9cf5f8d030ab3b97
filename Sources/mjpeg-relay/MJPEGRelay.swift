import ArgumentParser
import Certificates
import RelayConfiguration

/// The command line: one URL, or a configuration file.
struct MJPEGRelay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mjpeg-relay",
        abstract: "Takes each camera's MJPEG stream once and gives it to any number of viewers.",
        usage: """
            mjpeg-relay [-p PORT] [-w PORT] [-T SECONDS] [--user NAME:HASH] [--certificate FILE --key FILE] [--push URL] [-q | -d] URL
            mjpeg-relay [-c FILE] [--check] [-q | -d]
            mjpeg-relay probe [URL | HOST[:PORT]]
            mjpeg-relay health [-p PORT | -c FILE]
            mjpeg-relay hash
            mjpeg-relay link [-c FILE] [--for TIME] URL
            """,
        discussion: """
            With a URL, serves that camera at /stream, /snapshot and /status. With neither URL nor file, the file is \
            ./relay.yaml, else /etc/mjpeg-relay/relay.yaml.
            """,
        version: Version.text,
        subcommands: [Health.self, Probe.self, HashCommand.self, LinkCommand.self]
    )

    @Argument(help: "The camera: http://[USER:PASSWORD@]HOST[:PORT]/PATH, or file:PATH for a file of JPEGs.")
    var url: String?

    @Option(
        name: [.customShort("p", allowingJoined: true), .long],
        help: ArgumentHelp("The port to serve on (default: 54321).", valueName: "port"))
    var port: Int?

    @Option(
        name: [.customShort("w", allowingJoined: true), .customLong("ws-port")],
        help: ArgumentHelp("Also serve the pictures as WebSocket text messages (data:image/jpg;base64,…) on this port.", valueName: "port"))
    var webSocketPort: Int?

    @Option(
        name: [.customShort("T", allowingJoined: true), .customLong("linger")],
        help: ArgumentHelp(
            "Connect the camera only while somebody watches, and this long after the last viewer.", valueName: "seconds"))
    var linger: Int?

    @Option(help: ArgumentHelp("Serve over https with this certificate, its authorities' behind it (PEM).", valueName: "file"))
    var certificate: String?

    @Option(help: ArgumentHelp("The certificate's private key (PEM).", valueName: "file"))
    var key: String?

    @Option(
        name: [.customShort("c", allowingJoined: true), .long],
        help: ArgumentHelp("Read the sources from this file.", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Let in who logs in with this name and password, of which 'mjpeg-relay hash' prints the hash, and nobody else.",
            discussion: """
                May be given several times. A name alone takes the password from the environment variable MJPEG_RELAY_PASSWORD. Links are \
                signed with the key in MJPEG_RELAY_LINK_KEY.
                """,
            valueName: "name:hash"))
    var user: [String] = []

    @Option(
        help: ArgumentHelp(
            "Publish the camera to another relay: wss://NAME:PASSWORD@HOST/SOURCE/publish, or ws:// in a private network.",
            discussion: "May be given several times. The pictures cross the way while somebody watches there.", valueName: "url"))
    var push: [String] = []

    @Option(
        help: ArgumentHelp(
            "Show the sources of another relay: https://NAME:PASSWORD@HOST, or http:// in a private network.",
            discussion: "May be given several times. Each source is connected while somebody watches it here.", valueName: "url"))
    var relay: [String] = []

    @Flag(help: "Check the configuration, print every problem, and end.")
    var check = false

    @Flag(name: [.short, .long], help: "Log warnings and errors only.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Log each connection too.")
    var debug = false

    func validate() throws {
        if let config { try ConfigurationFile.validate(config) }
        if let url, url.isBlank { throw ValidationError("the URL is empty") }
        if quiet && debug { throw ValidationError("-q and -d exclude each other") }
        for (name, value) in [("--port", port), ("--ws-port", webSocketPort)] {
            if let value, !(0...65535).contains(value) { throw ValidationError("\(name) is a number from 0 to 65535") }
        }
        if let linger, !(0...86400).contains(linger) { throw ValidationError("-T is a number of seconds from 0 to 86400") }
        if let port, port != 0, port == webSocketPort { throw ValidationError("--port and --ws-port are the same") }
        if (certificate == nil) != (key == nil) { throw ValidationError("--certificate and --key go together") }
        for (name, path) in [("--certificate", certificate), ("--key", key)] {
            if let path, path.isBlank { throw ValidationError("\(name) is empty; it needs the path of a file") }
        }
        if url == nil, certificate != nil {
            throw ValidationError("--certificate and --key go with a URL; a file has the key certificates")
        }
        if !relay.isEmpty {
            if url != nil || config != nil { throw ValidationError("--relay stands alone; a file has the key relays") }
            if webSocketPort != nil || linger != nil || !push.isEmpty { throw ValidationError("--ws-port, -T and --push go with a URL") }
        } else if config != nil {
            if url != nil { throw ValidationError("give a URL or --config, not both") }
            if port != nil { throw ValidationError("--port goes with a URL; with --config the ports stand in the file") }
            if webSocketPort != nil { throw ValidationError("--ws-port goes with a URL") }
            if !user.isEmpty { throw ValidationError("--user goes with a URL; with --config the users stand in the file") }
            if !push.isEmpty { throw ValidationError("--push goes with a URL; a file has the key push") }
            if linger != nil { throw ValidationError("-T goes with a URL; a file has the keys on_demand and linger") }
        } else if url == nil {
            if port != nil || webSocketPort != nil || linger != nil || !user.isEmpty || !push.isEmpty {
                throw ValidationError("--port, --ws-port, -T, --user and --push go with a URL; there is none")
            }
        }
    }

    func run() async throws {
        let configuration = try loadConfiguration()
        if check {
            try checkCertificates(configuration)
            Output.say("ok")
            return
        }
        let service = Service(
            configuration: configuration, file: url == nil && relay.isEmpty ? path : nil,
            forcedLevel: quiet ? .warning : debug ? .debug : nil)
        throw ExitCode(await service.run())
    }

    /// Prints the names that the certificates are made out to, and which certificates are not valid now: a start only warns of these.
    private func checkCertificates(_ configuration: RelayConfiguration) throws {
        var areStale = false
        for files in configuration.encryption.certificates {
            guard let pair = try? CertificatePair(files) else { continue }
            if let staleness = pair.staleness() {
                Output.complain("\(files.chain): the certificate for \(pair.names.joined(separator: ", ")) \(staleness)")
                areStale = true
            } else {
                Output.say("\(files.chain): for \(pair.names.joined(separator: ", ")), until \(pair.lastDay)")
            }
        }
        if areStale { throw ExitCode(1) }
    }

    /// The file that a start reads when there is no URL.
    private var path: String? { config ?? ConfigurationFile.found }

    private func loadConfiguration() throws -> RelayConfiguration {
        do throws(ConfigurationError) {
            if let url {
                var configuration = try RelayConfiguration.single(
                    url: url, port: port ?? RelayConfiguration.defaultPort, webSocketPort: webSocketPort,
                    certificate: certificate.flatMap { chain in key.map { CertificateFiles(chain: chain, key: $0) } }, push: push)
                try configuration.useLogins(user, environment: ConfigurationFile.environment)
                if let linger { configuration.useOnDemand(linger: .seconds(linger)) }
                return configuration
            }
            if !relay.isEmpty {
                var configuration = try RelayConfiguration.mirror(of: relay, port: port ?? RelayConfiguration.defaultPort)
                try configuration.useLogins(user, environment: ConfigurationFile.environment)
                return configuration
            }
            if let path { return try .load(path: path, environment: ConfigurationFile.environment) }
        } catch {
            for problem in error.problems { Output.complain("\(problem)") }
            throw ExitCode(1)
        }
        Output.complain(Self.helpMessage())
        throw ExitCode(64)
    }
}
