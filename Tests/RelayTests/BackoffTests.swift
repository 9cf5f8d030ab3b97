import Testing

@testable import Relay

@Suite struct BackoffTests {
    private let backoff = Backoff(minimum: .milliseconds(500), maximum: .seconds(10))

    @Test(arguments: [
        (0, 1.0, Duration.milliseconds(500)), (1, 1.0, .seconds(1)), (3, 1.0, .seconds(4)), (3, 0.5, .seconds(2)),
        (5, 1.0, .seconds(10)), (1_000_000, 1.0, .seconds(10)), (-1, 1.0, .milliseconds(500)),
        (0, 0.0, .milliseconds(100)), (9, 0.0, .milliseconds(100)),
    ])
    func waitsAsItsTableSays(failures: Int, fraction: Double, wait: Duration) {
        #expect(backoff.wait(after: failures, fraction: fraction) == wait)
    }

    @Test func aMinimumAboveTheMaximumYields() {
        #expect(Backoff(minimum: .seconds(20), maximum: .seconds(10)).wait(after: 0, fraction: 1) == .seconds(10))
    }
}
