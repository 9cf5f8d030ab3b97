/// How large a configuration may be before it is refused unread. A thousand sources with all their keys stay far below.
struct YAMLLimits: Sendable {
    /// Bytes of the file.
    var bytes = 1 << 20
    /// Collections inside each other; relay.yaml itself needs four.
    var depth = 32
    /// Nodes, where each use of an alias counts all that it stands for.
    var nodes = 100_000
    /// Anchors and aliases. libyaml looks through all anchors for each.
    var anchors = 1000
    /// Directives (`%TAG`). libyaml looks through all of them for each.
    var directives = 16
}
