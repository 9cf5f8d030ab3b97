import Certificates

extension RelayConfiguration {
    /// Reads a file by its name, symbolic links followed; what is no regular file then is refused. Relative paths in it start
    /// at the folder of that name. It never waits for a writer, as the opening of a named pipe would.
    /// Certificates that `isKnownCertificate` are not looked at.
    package static func load(
        path: String, environment: [String: String], isKnownCertificate: @escaping (CertificateFiles) -> Bool = { _ in false }
    ) throws(ConfigurationError) -> RelayConfiguration {
        let bytes: [UInt8]
        do throws(TextError) {
            bytes = try FileText.contents(of: path, limit: YAMLLimits().bytes)
        } catch {
            throw ConfigurationError(problems: [ConfigurationProblem(file: path, message: error.message)])
        }
        return try parse(
            bytes, file: path, folder: PathText.folder(of: path), environment: environment, isKnownCertificate: isKnownCertificate)
    }
}
