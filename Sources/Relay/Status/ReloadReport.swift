import NIOCore

/// How the last reload of the configuration went.
package struct ReloadReport: Sendable {
    /// When the reload was; nil before the first.
    package var time: NIODeadline?
    /// Why nothing changed, one line each; empty after a good reload.
    package var problems: [String]

    package init(time: NIODeadline? = nil, problems: [String] = []) {
        self.time = time
        self.problems = problems
    }
}
