/// Paths as the configuration holds them.
enum PathText {
    /// The path as seen from the working directory, where a relative one starts at `folder`.
    static func resolved(_ path: String, folder: String) -> String {
        if path.utf8.first == UInt8(ascii: "/") || folder.isEmpty || folder == "." { return path }
        return folder.utf8.last == UInt8(ascii: "/") ? folder + path : "\(folder)/\(path)"
    }

    /// The folder that holds a file: all before its last `/`; empty for the working directory.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
