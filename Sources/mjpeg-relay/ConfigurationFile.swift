import ArgumentParser
import Glibc

/// Where the configuration is looked for when the command line names none.
enum ConfigurationFile {
    static let places = ["relay.yaml", "/etc/mjpeg-relay/relay.yaml"]

    /// The first of ``places`` where a file exists.
    static var found: String? {
        places.first { access($0, F_OK) == 0 }
    }

    /// Refuses an argument that cannot be meant as a file: the value of an empty variable, or a URL, whose login would be shown as the name
    /// of a missing file.
    static func validate(_ path: String) throws {
        if path.isBlank { throw ValidationError("--config is empty; it needs the path of a file") }
        let isURL = path.utf8.indices.contains { path.utf8[$0...].starts(with: "://".utf8) }
        if isURL { throw ValidationError("--config needs the path of a file, and this is a URL, which is given without --config") }
    }

    /// The file's path in a form that does not depend on the working folder: absolute, with the links of its folders followed. The file
    /// itself may be a link, and may be missing.
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
