import Testing

@testable import RelayConfiguration

/// Every key of the file with values that are none: each is told with its place, and none passes for "not given".
///
/// The keys come from the tables that the file is read by, so a new key is in these tests by itself. What a key does take of
/// the rubbish stands in ``taken``; everything else must be refused.
@Suite struct RubbishTests {
    /// Where a key stands: the file around it, with the key's line at the end.
    enum Part: CaseIterable {
        case top, log, defaults, source, publish, push

        var keys: [String] {
            switch self {
            case .top: ConfigurationKeys.top.map(\.name)
            case .log: ConfigurationKeys.log.map(\.name)
            case .defaults: ConfigurationKeys.inheritable.map(\.name)
            case .source: ConfigurationKeys.source.map(\.name)
            case .publish: ConfigurationKeys.publish.map(\.name)
            case .push: ConfigurationKeys.push.map(\.name)
            }
        }

        /// The lines before the key's, and the blanks before it.
        func lines(before key: String) -> (lines: [String], indentation: String) {
            // What a key needs beside it, so that its value alone decides.
            let url = key == "fps" ? "file:clip" : "https://h/"
            let user = key.hasPrefix("password") ? ", username: u" : ""
            return switch self {
            case .top: (key == "sources" ? ["# no others"] : ["sources: {a: \(url)}"], "")
            case .log: (["sources: {a: \(url)}", "log:"], "  ")
            case .defaults: (["sources: {a: {url: '\(url)'\(user)}}", "defaults:"], "  ")
            case .source:
                (
                    ["sources:", "  a:"] + (["url", "exec", "publish"].contains(key) ? [] : ["    url: \(url)"])
                        + (user.isEmpty ? [] : ["    username: u"]), "    "
                )
            case .publish:
                (["sources:", "  a:", "    publish:"] + (key.hasPrefix("password") ? [] : ["      password: p"]), "      ")
            case .push:
                (["sources:", "  a:", "    url: \(url)", "    push:"] + (key == "url" ? [] : ["      url: wss://h/a/publish"]), "      ")
            }
        }
    }

    /// A text that is a value to hardly any key, as YAML writes it.
    private static let rubbish =
        [
            // Numbers that are none, or not of this kind.
            "2O", "O", "l0", "-1", "-0", "+5", "05", "1e3", "1_000", "1,5", "1.5.2", "'1 000'", "0x10", "0b1", "0o17", "100000", "0", "0.0",
            "99999999999999999999", "18446744073709551617", "NaN", ".nan", "inf", "-.inf", ".5", "5.", "5%", "'5;'", "'#5'",
            // Digits of other scripts, and signs that look like ASCII.
            "\u{661}\u{662}", "\u{FF11}\u{FF10}", "\u{2460}", "5\u{301}", "\u{665}s", "5\u{FF53}", "'5\u{A0}'", "'\u{200B}5'", "\u{2212}5",
            // Blanks, and characters that nobody sees.
            "''", "' '", "' 5'", "'5 '", "\"5\\n\"", "\"5\\t\"", "\"5\\0\"", "\"\\r\"",
            // Words.
            "abc", "yes", "off", "nil", "none_", "true false", "default", "unlimited", "infinity",
            // Units that are none.
            "5sec", "'5 s'", "5S", "5\u{B5}s", "1.5s", "5KB", "5mib", "5 MiB", "-5s", "s", "KiB",
            // No value, or a value of another shape.
            "", "~", "null", "NULL", "[ ]", "{ }", "[~]", "[[5]]", "[5, x]", "{5: 5}", "!!int 5", "[!!int 5]",
            // A variable that is not there, and one that is not closed.
            "${NONE}", "${NONE", "${}",
        ] + tooLong

    private static let tooLong = [String(repeating: "9", count: 5000), String(repeating: "x", count: 9000)]

    /// Of the rubbish, what a key takes: it is a value there, and not the one that holds without the key.
    private static let taken: [String: Set<String>] = [
        "listen": ["0"], "admin": ["0"],
        "headers": ["{5: 5}"],
        "exec": ["[5, x]"],
        "hosts": [
            "2O", "O", "l0", "1e3", "1_000", "0b1", "0o17", "NaN", "inf", "abc", "yes", "off", "nil", "none_", "default", "unlimited",
            "infinity",
            "5sec", "5S", "1.5s", "5KB", "5mib", "s", "KiB",
        ],
        "fps": ["05"], "max_fps": ["05"], "min_fps": ["05"],
        "session_key": longTexts,
        "username": texts.subtracting(tooLong), "password": texts.subtracting(tooLong).subtracting(["''"]),
    ]

    /// Texts that are long enough to sign with.
    private static let longTexts = texts.filter { (8...4096).contains($0.trimmingPrefix("'").utf8.count - ($0.hasSuffix("'") ? 1 : 0)) }

    /// Of the rubbish, what a key takes for the same as no key.
    private static let takenForNothing: [String: Set<String>] = [
        "log": noSection, "defaults": noSection,
        "trusted_proxies": ["[ ]"], "hosts": ["[ ]"], "frame_ancestors": ["[ ]"], "from": ["[ ]"], "headers": ["{ }"], "link_keys": ["{ }"],
        // A login without a password has an empty one.
        "password": ["''"],
    ]

    private static let noSection: Set = ["", "~", "null", "NULL", "{ }"]

    /// What is a text to a key that takes any.
    private static let texts = Set(
        rubbish.filter { value in
            !["", "~", "null", "NULL"].contains(value) && !["[", "{", "!", "$"].contains(value.first) && !value.hasPrefix("\"")
        })

    private static func file(_ part: Part, _ key: String, _ value: String?) -> (text: String, line: Int, column: Int) {
        let (before, indentation) = part.lines(before: key)
        let line = value.map { ["\(indentation)\(key): \($0)"] } ?? []
        return ((before + line).joined(separator: "\n") + "\n", before.count + 1, indentation.count + key.count + 2)
    }

    /// What is wrong with the value in the key's line, or nil where nothing is.
    private func refusal(
        of value: String, _ key: String, _ part: Part, environment: [String: String] = [:]
    ) throws -> [ConfigurationProblem]? {
        let file = Self.file(part, key, value)
        do throws(ConfigurationError) {
            _ = try parse(file.text, environment: environment)
            return nil
        } catch {
            for problem in error.problems {
                #expect(problem.file == "relay.yaml")
                #expect(problem.line == file.line, "\(problem) for '\(key): \(value.prefix(80))'")
                #expect(problem.column.map { $0 >= file.column } == true, "\(problem) for '\(key): \(value.prefix(80))'")
                #expect(problem.message.utf8.count < 400)
            }
            return error.problems
        }
    }

    private func wants(_ key: String, of part: Part, toTake value: String) -> Bool {
        // A publisher's password is never an empty one.
        if part == .publish, key == "password", value == "''" { return false }
        return Self.taken[key]?.contains(value) == true || Self.takenForNothing[key]?.contains(value) == true
    }

    @Test(arguments: Part.allCases) func rubbishIsToldWithItsPlace(part: Part) throws {
        #expect(part.keys.count >= 3)
        for key in part.keys {
            for value in Self.rubbish {
                let refusal = try refusal(of: value, key, part)
                let isTaken = wants(key, of: part, toTake: value)
                #expect(isTaken == (refusal == nil), "'\(key): \(value.prefix(80))': \(refusal?.description ?? "taken")")
            }
        }
    }

    /// A variable's value is judged as the same text in quotes is: nothing is a number, a list or "no value" only there.
    @Test(arguments: Part.allCases) func rubbishInAVariableIsJudgedAsInQuotes(part: Part) throws {
        let texts = Self.rubbish.filter { !["'", "\""].contains($0.first) } + [" ", " 5", "5 ", "5\n", "5\t", "5\0", "5s", "5MiB", "true"]
        for key in part.keys {
            for text in texts {
                let escaped = text.replacing("$", with: "$$").replacing("\n", with: "\\n").replacing("\t", with: "\\t")
                let quoted = "\"\(escaped.replacing("\0", with: "\\0"))\""
                let expected = try refusal(of: quoted, key, part)?.map(\.message)
                let refusal = try refusal(of: "${VALUE}", key, part, environment: ["VALUE": text])?.map(\.message)
                #expect(refusal == expected, "\(key) from '\(text.prefix(80))'")
            }
        }
    }

    /// Taken means in force: no value is the same as none, but for those that say nothing.
    @Test(arguments: Part.allCases) func whatIsTakenIsInForce(part: Part) throws {
        for key in part.keys where !["sources", "url", "exec", "publish"].contains(key) && !(part == .publish && key.hasPrefix("password")) {
            let without = try parse(Self.file(part, key, nil).text)
            for value in Self.taken[key] ?? [] {
                #expect(try parse(Self.file(part, key, value).text) != without, "'\(key): \(value.prefix(80))' says nothing")
            }
            for value in Self.takenForNothing[key] ?? [] {
                #expect(try parse(Self.file(part, key, value).text) == without, "'\(key): \(value)' says something")
            }
        }
    }

    /// A reader that forgets to say what is wrong does not make its key pass for one that is not there.
    @Test func aReaderThatSaysNothingIsReportedAllTheSame() throws {
        let mute = ConfigurationKey("port", \SourceDraft.source.port, ValueReader { _, _, _ in nil })
        var reader = ConfigurationReader(folder: "", environment: [:])
        var draft = SourceDraft()
        let node = try #require(try YAMLNode.read(Array("port: 1".utf8)))
        let places = reader.read(node, section: .source("a"), keys: [mute], into: &draft)
        #expect(places.failed("port"))
        #expect(reader.sortedProblems(file: "f").map(\.description) == ["f:1:7: 'port' in source 'a' cannot be read"])
    }
}
