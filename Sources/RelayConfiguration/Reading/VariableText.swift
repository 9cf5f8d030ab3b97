/// `${NAME}` and `${NAME:-default}` in a value.
///
/// They are replaced after parsing, so what the environment holds is never read as YAML, nor searched for variables again.
/// `$${` is a literal `${`. As in a shell, `:-` gives the default for a variable that is unset or empty.
enum VariableText {
    /// Something that cannot be replaced, with its distance in characters from the text's start.
    struct Problem: Equatable {
        var offset: Int
        var message: String
    }

    /// The length in bytes that no value reaches on purpose.
    static let maxLength = 64 << 10

    /// The text with its variables replaced, and what is wrong with them. No problem repeats a variable's value.
    static func expanded(_ text: String, environment: [String: String]) -> (text: String, problems: [Problem]) {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return (text, []) }
        var result = String.UnicodeScalarView()
        var length = 0
        var problems: [Problem] = []
        let scalars = Array(text.unicodeScalars)
        var position = 0
        while position < scalars.count {
            let rest = scalars[position...]
            if rest.starts(with: "$${".unicodeScalars) {
                result.append(contentsOf: "${".unicodeScalars)
                position += 3
            } else if rest.starts(with: "${".unicodeScalars) {
                let offset = position
                let body = rest.dropFirst(2).prefix { $0 != "}" }
                position = min(body.endIndex + 1, scalars.count)
                switch value(of: body, isClosed: body.endIndex < scalars.count, environment: environment) {
                case .success(let value):
                    length += value.utf8.count
                    guard length <= maxLength else {
                        return (text, [Problem(offset: offset, message: "the value is too long with its variables replaced")])
                    }
                    result.append(contentsOf: value.unicodeScalars)
                case .failure(let failure):
                    problems.append(Problem(offset: offset, message: failure.message))
                }
            } else {
                result.append(scalars[position])
                position += 1
            }
        }
        return (String(result), problems)
    }

    private struct Failure: Error {
        var message: String
    }

    /// What stands between the braces, looked up.
    private static func value(
        of body: ArraySlice<Unicode.Scalar>, isClosed: Bool, environment: [String: String]
    ) -> Result<String, Failure> {
        let name = body.prefix { isNameScalar($0) }
        let tail = body[name.endIndex...]
        let fallback = tail.dropFirst(2)
        guard isClosed, let first = name.first, !("0"..."9").contains(first),
            tail.isEmpty || (tail.starts(with: ":-".unicodeScalars) && !fallback.contains("$"))
        else {
            return .failure(Failure(message: "'${' begins neither ${NAME} nor ${NAME:-default}; write $${ for the two characters"))
        }
        let key = string(name)
        if let value = environment[key], tail.isEmpty || !value.isEmpty { return .success(value) }
        guard !tail.isEmpty else {
            return .failure(Failure(message: "environment variable '\(key)' is not set; ${\(key):-default} would give it a default"))
        }
        return .success(string(fallback))
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
