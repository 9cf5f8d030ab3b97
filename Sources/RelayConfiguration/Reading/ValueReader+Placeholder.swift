extension ValueReader where Value == PlaceholderPicture {
    /// The path of a JPEG, which is read at once; a relative one starts at the configuration's folder.
    static let placeholder = ValueReader { node, label, reader in
        guard let text = reader.text(node, label: label, expected: "the path of a JPEG") else { return nil }
        do throws(TextError) {
            guard !text.isEmpty, !text.hasControlCharacter else { throw TextError(message: "this is no path") }
            let path = PathText.resolved(text, folder: reader.folder)
            if let known = reader.pictures[path] { return known }
            let picture = try PlaceholderPicture(path: path)
            reader.pictures[path] = picture
            return picture
        } catch {
            reader.report("\(label): \(error.message)", at: node.place)
            return nil
        }
    }
}
