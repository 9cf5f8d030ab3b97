import Accounts

/// The logins of a command line with one URL.
extension RelayConfiguration {
    /// The environment variable with the password of a user who is given without a hash.
    package static let passwordVariable = "MJPEG_RELAY_PASSWORD"
    /// The environment variable with the key of links; its name in links is ``linkKeyName``.
    package static let linkKeyVariable = "MJPEG_RELAY_LINK_KEY"
    package static let linkKeyName = "link"

    /// Takes users as `--user` gives them, `NAME:HASH` or `NAME`, and the key of links; whatever is wrong is told without passwords.
    package mutating func useLogins(_ options: [String], environment: [String: String]) throws(ConfigurationError) {
        var problems: [ConfigurationProblem] = []
        for option in options {
            do throws(TextError) {
                let account = try Account(option: option, password: environment[Self.passwordVariable])
                if access.users.contains(where: { $0.name == account.name }) {
                    throw TextError(message: "--user gives the same name twice")
                }
                access.users.append(account)
            } catch {
                problems.append(ConfigurationProblem(message: error.message))
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        // A page of another site would see what its visitor may see.
        if !access.users.isEmpty { access.cors = .nobody }
        if let key = environment[Self.linkKeyVariable] { try useLinkKey(key) }
    }

    /// Takes the key of links.
    package mutating func useLinkKey(_ key: String) throws(ConfigurationError) {
        guard let key = LinkKey.checked(key) else {
            throw ConfigurationError(problems: [ConfigurationProblem(message: "\(Self.linkKeyVariable) must be \(LinkKey.expected)")])
        }
        access.linkKeys = [LinkKey(name: Self.linkKeyName, key: key)]
    }
}

extension Account {
    /// The length in bytes that no name reaches on purpose.
    static let maxNameLength = 256

    /// Whether a user may be called so: in Basic, a colon ends the name.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= maxNameLength && !name.utf8.contains(UInt8(ascii: ":")) && !name.hasControlCharacter
    }

    /// Reads `NAME:HASH`, or `NAME` alone, whose password is given apart.
    fileprivate init(option: String, password: String?) throws(TextError) {
        let colon = option.utf8.firstIndex(of: UInt8(ascii: ":"))
        let name = colon.map { String(option[..<$0]) } ?? option
        guard Self.isName(name) else {
            throw TextError(message: "--user is NAME:HASH; a name has no control character and from 1 to \(Self.maxNameLength) bytes")
        }
        if let colon {
            do throws(PasswordHash.Problem) {
                self.init(name: name, password: .hash(try PasswordHash(String(option[option.utf8.index(after: colon)...]))))
            } catch {
                throw TextError(message: "--user: \(error.message); in a shell, a hash needs single quotes")
            }
        } else {
            guard let password, !password.isEmpty, password.utf8.count <= PasswordHash.maxPasswordBytes else {
                let variable = RelayConfiguration.passwordVariable
                let range = "from 1 to \(PasswordHash.maxPasswordBytes) bytes"
                throw TextError(message: "--user without a hash takes the password from \(variable), which must have \(range)")
            }
            self.init(name: name, password: .plain(password))
        }
    }
}

extension LinkKey {
    /// What a key must be.
    static let expected = "a text of 8 to 4096 bytes that nobody can guess, such as openssl rand -hex 32 prints"

    /// The text, if it can be a key.
    static func checked(_ key: String) -> String? {
        (8...4096).contains(key.utf8.count) && !key.hasControlCharacter ? key : nil
    }
}
