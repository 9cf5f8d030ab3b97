import ArgumentParser
import Glibc

/// Where the configuration is looked for when the command line names none.
enum ConfigurationFile {
    static let places = ["relay.yaml", "/etc/mjpeg-relay/relay.yaml"]

    /// The first of ``places`` where there is something.
    static var found: String? {
        places.first { access($0, F_OK) == 0 }
    }

    /// Refuses what the command line gives as a file and is none: a variable that was empty, or a URL, whose login would be
    /// shown as the name of a file that is missing.
    static func validate(_ path: String) throws {
        if path.isBlank { throw ValidationError("--config is empty; it needs the path of a file") }
        let isURL = path.utf8.indices.contains { path.utf8[$0...].starts(with: "://".utf8) }
        if isURL { throw ValidationError("--config needs the path of a file, and this is a URL, which is given without --config") }
    }

    /// The file's path as every start of this machine writes it, whatever its own working folder: absolute, the links of its
    /// folder followed. The file itself may be a link, and may be missing.
    static func absolutePath(of path: String) -> String {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path.utf8[$0...].dropFirst()) ?? path } ?? path
        guard let resolved = realpath(folder, nil) else { return path }
        defer { free(resolved) }
        let absolute = String(cString: resolved)
        return absolute == "/" ? "/\(name)" : "\(absolute)/\(name)"
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
