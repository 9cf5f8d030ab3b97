import Accounts

extension ValueReader where Value == [Account] {
    /// More would be looked through at each request.
    private static var maxUsers: Int { 1000 }

    /// A mapping of names to users.
    static let users = ValueReader { node, label, reader in
        let expected = "a mapping of names to users, such as anna: {password_hash: \"$y$…\"}"
        guard let entries = reader.entries(node, label: label, expected: expected) else { return nil }
        guard (1...maxUsers).contains(entries.count) else {
            reader.report("\(label) must be \(expected), from 1 to \(maxUsers) of them", at: node.place)
            return nil
        }
        var accounts: [Account] = []
        for entry in entries {
            if !Account.isName(entry.name) {
                let sentence = "a user's name has no colon and no control character, and at most \(Account.maxNameLength) bytes"
                reader.report(sentence, at: entry.place)
            } else if let account = account(entry.name, entry.value, at: entry.place, &reader) {
                accounts.append(account)
            }
        }
        return accounts.count == entries.count ? accounts : nil
    }

    private static func account(_ name: String, _ node: YAMLNode, at place: Place, _ reader: inout ConfigurationReader) -> Account? {
        let section = Section.user(name)
        var draft = AccountDraft()
        let places = reader.read(node, section: section, keys: ConfigurationKeys.user, into: &draft)
        guard case .mapping = node.content, places.keys.count == places.values.count else { return nil }
        let given = ["password", "password_file", "password_hash"].compactMap { key in places.values[key].map { (key, $0.place) } }
        guard given.count == 1, let (key, passwordPlace) = given.first else {
            let sentence = "needs exactly one of 'password_hash', 'password' and 'password_file'"
            reader.report("\(section.label) \(sentence)", at: given.last?.1 ?? place)
            return nil
        }
        if let hash = draft.hash { return Account(name: name, password: .hash(hash), isOperator: draft.isOperator) }
        let password = draft.password ?? draft.filePassword ?? ""
        guard !password.isEmpty, password.utf8.count <= PasswordHash.maxPasswordBytes else {
            reader.report("'\(key)'\(section.suffix) must have from 1 to \(PasswordHash.maxPasswordBytes) bytes", at: passwordPlace)
            return nil
        }
        return Account(name: name, password: .plain(password), isOperator: draft.isOperator)
    }
}

extension ValueReader where Value == PasswordHash {
    static let passwordHash = ValueReader { node, label, reader in
        guard let text = reader.text(node, label: label, expected: "the hash of a password, in quotes") else { return nil }
        do throws(PasswordHash.Problem) {
            return try PasswordHash(text)
        } catch {
            reader.report("\(label): \(error.message)", at: node.place)
            return nil
        }
    }
}

extension ValueReader where Value == [LinkKey] {
    /// A mapping of names to keys.
    static let linkKeys = ValueReader { node, label, reader in
        guard let entries = reader.entries(node, label: label, expected: "a mapping of names to keys") else { return nil }
        guard entries.count <= 64 else {
            reader.report("\(label) holds more than 64 keys", at: node.place)
            return nil
        }
        var keys: [LinkKey] = []
        for entry in entries {
            if entry.name.isEmpty || entry.name.utf8.count > 64
                || !entry.name.utf8.allSatisfy({ $0.isAlphanumeric || "._-".utf8.contains($0) })
            {
                reader.report("the name of a key is made of A-Z a-z 0-9 . _ -", at: entry.place)
                continue
            }
            guard let key = ValueReader<String>.key.read(entry.value, "the key\(Spelling.quoted(entry.name)) of \(label)", &reader) else {
                continue
            }
            keys.append(LinkKey(name: entry.name, key: key))
        }
        return keys.count == entries.count ? keys : nil
    }
}

extension ValueReader where Value == String {
    /// What signatures are made with.
    static let key = scalar(LinkKey.expected) { LinkKey.checked($0) }
}

extension ValueReader where Value == SourceConfiguration.Audience {
    /// `everyone`, `users`, or users' names.
    static let audience = ValueReader { node, label, reader in
        let expected = "everyone, users, or a list of users' names"
        guard case .sequence(let items) = node.content else {
            guard let word = reader.text(node, label: label, expected: expected) else { return nil }
            switch word {
            case "everyone": return .everyone
            case "users": return .users
            default:
                reader.report("\(label) must be \(expected), such as [anna]", at: node.place)
                return nil
            }
        }
        guard reader.acceptsTag(of: node), (1...1000).contains(items.count) else {
            reader.report("\(label) must be \(expected)", at: node.place)
            return nil
        }
        var names: [String] = []
        for item in items {
            guard let name = reader.text(item, label: "each name of \(label)", expected: "the name of a user") else { continue }
            names.append(name)
        }
        return names.count == items.count ? .named(names) : nil
    }
}
