import Glibc
import Text

/// Files that hold further sources.
extension FileDraft {
    /// More than a folder of cameras holds.
    private static let maxFiles = 1000

    /// Reads the value of `include`: a path or a list of them.
    static func readIncluded(_ node: YAMLNode, label: String, reader: inout ConfigurationReader, draft: inout FileDraft) -> Bool {
        var nodes = [node]
        if case .sequence(let items) = node.content {
            guard reader.acceptsTag(of: node) else { return false }
            nodes = items
        }
        guard !nodes.isEmpty else {
            reader.report("\(label) is an empty list; it must hold the path of a file, such as sources.d/*.yaml", at: node.place)
            return false
        }
        // The place is for what is wrong with the path itself, nil where the file was found by looking.
        var paths: [(path: String, place: Place?)] = []
        var known: Set<String> = []
        for node in nodes {
            guard let pattern = reader.text(node, label: label, expected: "the path of a file, such as sources.d/*.yaml") else { continue }
            do throws(TextError) {
                let found = try Self.paths(of: pattern, folder: reader.folder)
                for path in found.paths where known.insert(path).inserted { paths.append((path, found.areFound ? nil : node.place)) }
            } catch {
                reader.report("\(label): \(error.message)", at: node.place)
            }
        }
        guard paths.count <= maxFiles else {
            reader.report("\(label) stands for more than \(maxFiles) files", at: node.place)
            return false
        }
        for (path, place) in paths {
            let bytes: [UInt8]
            do throws(TextError) {
                bytes = try FileText.contents(of: path, limit: YAMLLimits().bytes)
            } catch {
                if let place {
                    reader.report("\(label): \(error.message)", at: place)
                } else {
                    reader.read(including: path) { $0.report(error.message, at: Place(line: 0, column: 0, file: $1)) }
                }
                continue
            }
            reader.read(including: path) { reader, number in draft.read(bytes, number, &reader) }
        }
        return true
    }

    private mutating func read(_ bytes: [UInt8], _ number: Int, _ reader: inout ConfigurationReader) {
        let root: YAMLNode?
        do throws(YAMLError) {
            root = try YAMLNode.read(bytes)?.inFile(number)
        } catch {
            return reader.report(error.message, at: Place(line: error.place?.line ?? 0, column: error.place?.column ?? 0, file: number))
        }
        // One without cameras, or without any yet.
        guard let root, !root.isNull else { return }
        let first = sources.endIndex
        _ = reader.read(root, section: .included, keys: ConfigurationKeys.included, into: &self)
        guard !includesPrograms else { return }
        for source in sources[first...] {
            guard source.program != nil, let place = source.places.keys["exec"] else { continue }
            let label = "'exec'\(Section.source(source.source.name).suffix)"
            reader.report("\(label) is in an included file; it needs 'include_exec: true'", at: place)
        }
    }

    /// The files that a path with `*`, `?` and `[…]` in its last part stands for, sorted; it may be none, but their folder is there.
    private static func paths(of pattern: String, folder: String) throws(TextError) -> (paths: [String], areFound: Bool) {
        guard !pattern.isEmpty, !pattern.hasControlCharacter else { throw TextError(message: "this is no path") }
        let path = PathText.resolved(pattern, folder: folder)
        let parent = PathText.folder(of: path)
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        let isWild: (String) -> Bool = { $0.utf8.contains { "*?[".utf8.contains($0) } }
        guard isWild(name) else { return ([path], false) }
        guard !isWild(PathText.folder(of: pattern)) else {
            throw TextError(message: "only the last part of the path may hold *, ? or [")
        }
        guard let directory = opendir(parent.isEmpty ? "." : parent) else {
            throw TextError(message: errno == ENOENT ? "there is no such folder" : "the folder cannot be read: \(SystemError.words(errno))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let found = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if fnmatch(name, found, FNM_PERIOD) == 0 { names.append(found) }
        }
        return (names.sorted().map { parent.isEmpty ? $0 : parent == "/" ? "/\($0)" : "\(parent)/\($0)" }, true)
    }
}
