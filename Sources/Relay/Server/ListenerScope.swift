import Synchronization

/// What a listener serves, changed by a reload under its open connections.
final class ListenerScope: Sendable {
    private let scope: Mutex<Route.Scope>

    init(_ scope: Route.Scope) {
        self.scope = Mutex(scope)
    }

    var current: Route.Scope {
        get { scope.withLock { $0 } }
        set { scope.withLock { $0 = newValue } }
    }
}
