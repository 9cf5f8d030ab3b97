/// How long tests wait for what must happen. Long, since the machine may be busy: a test that passes never waits so long.
package let patience = Duration.seconds(30)

/// Waits until `condition` gives a value and returns that; throws ``NeverHappened`` after `limit`.
package func eventually<T>(
    _ what: @autoclosure () -> String, within limit: Duration = patience, isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> T?
) async throws -> T {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    while true {
        if let value = try await condition() { return value }
        guard clock.now < deadline else { throw NeverHappened(what(), within: limit) }
        try await clock.sleep(for: .milliseconds(5))
    }
}

/// Waits until `condition` holds.
package func eventually(
    _ what: @autoclosure () -> String, within limit: Duration = patience, isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    _ = try await eventually(what(), within: limit) { try await condition() ? true : nil }
}
