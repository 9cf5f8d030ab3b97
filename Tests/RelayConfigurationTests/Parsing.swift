import RelayConfiguration

/// Reads a text as the file `relay.yaml` in `/etc/relay`.
func parse(_ text: String, environment: [String: String] = [:]) throws(ConfigurationError) -> RelayConfiguration {
    try RelayConfiguration.parse(Array(text.utf8), file: "relay.yaml", folder: "/etc/relay", environment: environment)
}

/// What is wrong with a text, line by line; empty where nothing is.
func problems(_ text: String, environment: [String: String] = [:]) -> [String] {
    problems(Array(text.utf8), environment: environment)
}

/// What is wrong with bytes, line by line; empty where nothing is.
func problems(_ bytes: [UInt8], environment: [String: String] = [:]) -> [String] {
    do throws(ConfigurationError) {
        _ = try RelayConfiguration.parse(bytes, file: "relay.yaml", folder: "/etc/relay", environment: environment)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}
