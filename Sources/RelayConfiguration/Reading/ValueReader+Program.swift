extension ValueReader where Value == [String] {
    /// The system allows more; nobody writes it.
    private static var maxArguments: Int { 256 }

    /// A program and its arguments: a list, since there is no shell that would take a line apart.
    static let program = ValueReader { node, label, reader in
        let expected = "a list of the program and its arguments, such as [ffmpeg, -i, rtsp://…, -f, mpjpeg, -]"
        guard reader.acceptsTag(of: node) else { return nil }
        guard case .sequence(let items) = node.content, (1...maxArguments).contains(items.count) else {
            reader.report("\(label) must be \(expected)", at: node.place)
            return nil
        }
        var words: [String] = []
        for item in items {
            guard var word = reader.text(item, label: "each word of \(label)", expected: "a text") else { continue }
            guard !word.unicodeScalars.contains("\0"), !(words.isEmpty && word.isEmpty) else {
                reader.report("\(label): this cannot be a program's name or argument", at: item.place)
                continue
            }
            // A name alone is looked for in PATH; a path starts where all paths of the file do.
            if words.isEmpty, word.utf8.contains(UInt8(ascii: "/")) { word = PathText.resolved(word, folder: reader.folder) }
            words.append(word)
        }
        return words.count == items.count ? words : nil
    }
}
