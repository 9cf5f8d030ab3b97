import Glibc

/// Where the configuration is looked for when the command line names none.
enum ConfigurationFile {
    static let places = ["relay.yaml", "/etc/mjpeg-relay/relay.yaml"]

    /// The first of ``places`` where there is something.
    static var found: String? {
        places.first { access($0, F_OK) == 0 }
    }

    /// The process's environment, for `${NAME}` in the file.
    static var environment: [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { result[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return result
    }
}
