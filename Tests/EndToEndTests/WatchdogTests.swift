import Foundation
import Testing

/// The watchdog's time as a service manager or a container's environment may write it wrongly.
@Suite struct WatchdogTests {
    /// A time that is none is told, and is not taken for a very short one.
    @Test(arguments: ["2O000000", "0", "-1", "1e6", "abc", " ", "99999999999999999999", "+5000000"])
    func timeThatIsNoneIsTold(time: String) async throws {
        try await withBench { bench in
            let manager = try NotifySocket(in: bench.folder())
            bench.atEnd { manager.close() }
            let relay = try bench.relay(
                "-p", "0", "http://127.0.0.1:9/", environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": time])
            _ = try await relay.log.line(with: "warning", "WATCHDOG_USEC")
            #expect(try await manager.message(0) == "READY=1")
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
            #expect(manager.messages == ["READY=1", "STOPPING=1"])
        }
    }
}
