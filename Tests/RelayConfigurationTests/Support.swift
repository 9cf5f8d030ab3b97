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

/// Numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
