/// A mapping of the file, as problems speak of it.
struct Section: Hashable, Sendable {
    /// The section at the start of a sentence: `source 'front'`.
    var label: String
    /// The section behind a key: ` in source 'front'`.
    var suffix: String

    static let top = Section(label: "the file", suffix: "")
    static let included = Section(label: "an included file", suffix: " in an included file")
    static let defaults = Section(label: "'defaults'", suffix: " in 'defaults'")
    static let log = Section(label: "'log'", suffix: " in 'log'")

    static let listener = Section(label: "an address of 'listen'", suffix: " in 'listen'")
    static let notify = Section(label: "an entry of 'notify'", suffix: " in 'notify'")
    static let certificate = Section(label: "a certificate", suffix: " in 'certificates'")

    /// A user's section.
    static func user(_ name: String) -> Section {
        let label = "user\(Spelling.quoted(name))"
        return Section(label: label, suffix: " in \(label)")
    }

    /// A source's section; a name that might be something else gone astray is not repeated.
    static func source(_ name: String) -> Section {
        let label = "source\(Spelling.quoted(name))"
        return Section(label: label, suffix: " in \(label)")
    }
}
