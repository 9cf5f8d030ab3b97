import RelayConfiguration
import Testing

/// Files made to be expensive.
@Suite struct FileLimitTests {
    private static let tooDeep = "more than 32 lists and mappings inside each other"
    private static let tooMany = "more than 100000 values, counted where their aliases stand"

    /// `inner` in so many lists.
    private static func lists(_ count: Int, around inner: String = "") -> String {
        String(repeating: "[", count: count) + inner + String(repeating: "]", count: count)
    }

    @Test func depthHasALimit() {
        #expect(problems("x: \(Self.lists(31))\nsources: {a: http://h/}") == ["relay.yaml:1:1: unknown key 'x'"])
        #expect(problems("x: \(Self.lists(32))") == ["relay.yaml:1:35: \(Self.tooDeep)"])
    }

    @Test func depthIsCountedThroughAliases() {
        let text = "x: &a \(Self.lists(20))\ny: \(Self.lists(20, around: "*a"))"
        #expect(problems(text) == ["relay.yaml:1:4: \(Self.tooDeep)"])
    }

    @Test func listsWithoutIndentationCountAsDepth() {
        var text = ""
        for step in 0..<20 {
            let indentation = String(repeating: "  ", count: step)
            text += step == 0 ? "a:\n- " : "a:\n\(indentation)- "
        }
        let found = problems(text + "b")
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix(Self.tooDeep) == true)
    }

    /// Texts that stand for more values than they show.
    enum Bomb: String, CaseIterable {
        /// Ten thousand million values in ten lines.
        case lists
        /// A million values in twenty lines.
        case mappings
        /// No alias at all.
        case plain

        var text: String {
            switch self {
            case .lists:
                var lines = ["a0: &a0 x"]
                for step in 1...10 {
                    let aliases = [String](repeating: "*a\(step - 1)", count: 10).joined(separator: ",")
                    lines.append("a\(step): &a\(step) [\(aliases)]")
                }
                return lines.joined(separator: "\n")
            case .mappings:
                var lines = ["a0: &a0 x"]
                for step in 1...20 { lines.append("a\(step): &a\(step) {k: *a\(step - 1), l: *a\(step - 1)}") }
                return lines.joined(separator: "\n")
            case .plain:
                return "x: [" + String(repeating: "1,", count: 200_000) + "]"
            }
        }
    }

    @Test(arguments: Bomb.allCases)
    func numberOfValuesHasALimit(bomb: Bomb) {
        var found: [String] = []
        let time = ContinuousClock().measure { found = problems(bomb.text) }
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix(Self.tooMany) == true)
        #expect(time < .seconds(10), "took \(time)")
    }

    /// Texts near a megabyte on which libyaml or the checks could take time that grows with the square.
    enum Large: String, CaseIterable {
        case openLists, openMappings, dashes, questionMarks, nestedKeys, exclamations, mixedOpenings, emptyLines, tagDirectives, anchors
        case flowAnchors, aliases, backslashes, blockScalar, documents, duplicateKeys, comment, misspeltKeys, sources, samePorts
        case samePlaces, headers, variables, dollars

        var text: String {
            switch self {
            case .openLists: times(1 << 20, "[")
            case .openMappings: times(1 << 20, "{")
            case .dashes: times(1 << 19, "- ")
            case .questionMarks: times(1 << 19, "? ")
            case .nestedKeys: times(300_000, "a: ")
            case .exclamations: times(1 << 20, "!")
            case .mixedOpenings: times(140_000, "[a,{b: ")
            case .emptyLines: "? " + times(1 << 19, "\n")
            case .tagDirectives: numbered(60_000) { "%TAG !\($0)! b\n" }
            case .anchors: numbered(60_000) { "- &a\($0) b\n" }
            case .flowAnchors: "x: [" + numbered(60_000) { "&a\($0) b," } + "]"
            case .aliases: "x: &a b\ny: [" + times(200_000, "*a,") + "]"
            case .backslashes: "\"" + times((1 << 20) - 2, "\\")
            case .blockScalar: "a: |\n" + times(500_000, "\n ")
            case .documents: times(250_000, "---\n")
            case .duplicateKeys: times(200_000, "a: b\n")
            case .comment: times(1 << 20, "#")
            case .misspeltKeys: numbered(30_000) { "stal_timeout\($0): 1\n" }
            case .sources: "sources: {" + numbered(30_000) { "s\($0): 'http://h/'," } + "}"
            case .samePorts: "sources: {" + numbered(15_000) { "s\($0): {url: 'http://h/', port: 1}," } + "}"
            case .samePlaces: "sources: {b: &a {x: y}, " + numbered(900) { "s\($0): *a," } + "}"
            case .headers: "sources: {a: {headers: {" + numbered(30_000) { "h\($0): a," } + "}}}"
            case .variables: "sources: {a: '" + times(200_000, "${A}") + "'}"
            case .dollars: "sources: {a: '" + times(1 << 18, "$") + times(1 << 18, "${") + "'}"
            }
        }

        private func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

        private func numbered(_ count: Int, _ text: (Int) -> String) -> String {
            var result = ""
            for number in 0..<count { result += text(number) }
            return result
        }
    }

    @Test(arguments: Large.allCases)
    func largeTextsEndSoon(large: Large) {
        let text = large.text
        let time = ContinuousClock().measure { _ = problems(text) }
        // A debug build on a busy machine takes seconds; what is quadratic takes many minutes.
        #expect(time < .seconds(60), "took \(time)")
    }

    @Test func fileSizeHasALimit() {
        let head = "sources: {a: http://h/}\n#"
        let fits = head + String(repeating: "x", count: (1 << 20) - head.utf8.count)
        #expect(problems(fits) == [])
        #expect(problems(fits + "x") == ["relay.yaml: the file is larger than 1024 KiB"])
    }
}
