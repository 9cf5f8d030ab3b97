import Certificates

extension RelayConfiguration {
    /// Reads the bytes of a file. `file` is its name in problems, `folder` where its relative paths start, `environment` what
    /// `${NAME}` stands for. Throws all problems at once, but a mistake in the YAML itself alone, since nothing behind it can be read.
    package static func parse(
        _ bytes: [UInt8], file: String, folder: String, environment: [String: String],
        isKnownCertificate: @escaping (CertificateFiles) -> Bool = { _ in false }
    ) throws(ConfigurationError) -> RelayConfiguration {
        let root: YAMLNode?
        do throws(YAMLError) {
            root = try YAMLNode.read(bytes)
        } catch {
            let problem = ConfigurationProblem(
                file: file, line: error.place?.line, column: error.place?.column, message: error.message)
            throw ConfigurationError(problems: [problem])
        }
        guard let root, !root.isNull else {
            let message = "the file is empty; it needs at least 'sources', the mapping of names to cameras"
            throw ConfigurationError(problems: [ConfigurationProblem(file: file, message: message)])
        }
        var reader = ConfigurationReader(folder: folder, environment: environment, isKnownCertificate: isKnownCertificate)
        var draft = FileDraft()
        let places = reader.read(root, section: .top, keys: ConfigurationKeys.top, into: &draft)
        guard case .mapping = root.content else { throw ConfigurationError(problems: reader.sortedProblems(file: file)) }
        let configuration = draft.finished(&reader, places: places)
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.sortedProblems(file: file)) }
        return configuration
    }

    /// The configuration of a command line with one URL (`http://…` or `file:PATH`), by the same checks. Relative paths start
    /// at `folder`. Problems name the argument that is wrong and never repeat the URL.
    package static func single(
        url: String, port: Int = defaultPort, webSocketPort: Int? = nil, certificate: CertificateFiles? = nil, push: [String] = [],
        folder: String = ""
    ) throws(ConfigurationError) -> RelayConfiguration {
        var problems: [ConfigurationProblem] = []
        var upstream = SourceConfiguration.Upstream.file(path: "")
        do throws(TextError) {
            upstream = try SourceConfiguration.Upstream(text: url, folder: folder)
        } catch {
            problems.append(ConfigurationProblem(message: error.message))
        }
        if !(0...65535).contains(port) {
            problems.append(ConfigurationProblem(message: "the port must be from 0 to 65535"))
        }
        if let webSocketPort {
            if !(0...65535).contains(webSocketPort) {
                problems.append(ConfigurationProblem(message: "the WebSocket port must be from 0 to 65535"))
            } else if webSocketPort == port, port != 0 {
                problems.append(ConfigurationProblem(message: "the WebSocket port is the same as the port"))
            }
        }
        var pushes: [PushConfiguration] = []
        for text in push {
            do throws(TextError) {
                pushes.append(try PushConfiguration(text: text))
            } catch {
                problems.append(ConfigurationProblem(message: "--push: \(error.message)"))
            }
        }
        if let certificate {
            do throws(CertificateProblem) {
                _ = try CertificatePair(certificate)
            } catch {
                let option = error.file == .chain ? "--certificate" : "--key"
                problems.append(ConfigurationProblem(message: "\(option): \(error.message)"))
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        let address = ListenAddress.ip(host: "::", port: port)
        var configuration = RelayConfiguration(
            mode: .single,
            listen: certificate == nil ? [address] : [],
            sources: [SourceConfiguration(name: singleSourceName, upstream: upstream)],
            webSocketPort: webSocketPort
        )
        configuration.sources[0].push = pushes
        if let certificate {
            configuration.encryption.listen = [address]
            configuration.encryption.certificates = [certificate]
        }
        return configuration
    }

    /// The configuration of a command line that names another relay, all of whose sources appear here, and nothing else.
    package static func mirror(of addresses: [String], port: Int = defaultPort) throws(ConfigurationError) -> RelayConfiguration {
        var configuration = RelayConfiguration(listen: [.ip(host: "::", port: port)], sources: [])
        var problems: [ConfigurationProblem] = []
        for (index, text) in addresses.enumerated() {
            do throws(TextError) {
                configuration.relays.append(MirroredRelay(name: "relay\(index + 1)", urls: [try MirroredRelay.url(text)]))
            } catch {
                problems.append(ConfigurationProblem(message: "--relay: \(error.message)"))
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        return configuration
    }

    /// Has every source connect only while it is watched, and for `linger` after.
    package mutating func useOnDemand(linger: Duration) {
        for index in sources.indices {
            sources[index].onDemand = true
            sources[index].linger = linger
        }
    }
}
