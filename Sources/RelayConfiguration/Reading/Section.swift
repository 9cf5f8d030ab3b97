/// A mapping of the file, as problems speak of it.
struct Section: Hashable, Sendable {
    /// The section at the start of a sentence: `source 'front'`.
    var label: String
    /// The section behind a key: ` in source 'front'`.
    var suffix: String

    static let top = Section(label: "the file", suffix: "")
    static let defaults = Section(label: "'defaults'", suffix: " in 'defaults'")
    static let log = Section(label: "'log'", suffix: " in 'log'")

    static func source(_ name: String) -> Section {
        Section(label: "source '\(name)'", suffix: " in source '\(name)'")
    }
}
