import Foundation
import TestSupport
import Testing

/// What the relay tells systemd, which listens on the socket that `NOTIFY_SOCKET` names.
@Suite struct ServiceManagerTests {
    @Test func startReloadAndEndAreToldInOrder() async throws {
        try await withBench { bench in
            let manager = try Self.manager(bench)
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nsources: {front: \"\(camera.url)\"}\n", environment: ["NOTIFY_SOCKET": manager.path])
            #expect(try await manager.message(0) == "READY=1")
            #expect(try await bench.get("/readyz", from: relay).status == 200, "ready means that viewers can come")

            let before = Self.monotonicMicroseconds
            try await relay.reload()
            let reloading = try await manager.message(1)
            let match = try #require(reloading.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=([0-9]+)/), "\(reloading)")
            let time = try #require(Int64(match.1))
            #expect((before...Self.monotonicMicroseconds).contains(time))
            #expect(try await manager.message(2) == "READY=1")

            relay.send(SIGTERM)
            #expect(try await manager.message(3) == "STOPPING=1")
            #expect(try await relay.exitStatus() == 0)
            #expect(manager.messages.count == 4, "\(manager.messages)")
        }
    }

    /// systemd waits for READY after each RELOADING, whatever became of the reload.
    @Test func reloadOfABadFileEndsReadyToo() async throws {
        try await withBench { bench in
            let manager = try Self.manager(bench)
            let file = try ChangingFile(bench, "listen: 127.0.0.1:0\nsources: {front: \"http://127.0.0.1:9/\"}\n")
            let relay = try bench.relay("-c", file.path, environment: ["NOTIFY_SOCKET": manager.path])
            #expect(try await manager.message(0) == "READY=1")
            try file.write("sources: [")
            try await relay.reload()
            #expect(try await manager.message(1).hasPrefix("RELOADING=1\n"))
            #expect(try await manager.message(2) == "READY=1")
        }
    }

    @Test func watchdogHearsASignOfLifeInHalfItsTime() async throws {
        try await withBench { bench in
            let manager = try Self.manager(bench)
            let relay = try bench.relay(
                "-p", "0", "http://127.0.0.1:9/", environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000"])
            try await eventually("five signs of life; there are \(manager.messages)") {
                manager.messages.count { $0 == "WATCHDOG=1" } >= 5
            }
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
        }
    }

    /// A watchdog that another process is to feed is not ours.
    @Test func watchdogOfAnotherProcessIsLeftAlone() async throws {
        try await withBench { bench in
            let manager = try Self.manager(bench)
            let relay = try bench.relay(
                "-p", "0", "http://127.0.0.1:9/",
                environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "2000", "WATCHDOG_PID": "1"])
            #expect(try await manager.message(0) == "READY=1")
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
            #expect(manager.messages == ["READY=1", "STOPPING=1"])
        }
    }

    @Test func socketThatNobodyReadsHoldsNothingUp() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(
                "-p", "0", camera.url, environment: ["NOTIFY_SOCKET": try bench.folder() + "/nobody", "WATCHDOG_USEC": "2000"])
            #expect(try await bench.watch(of: relay).part().number == 1)
        }
    }

    private static func manager(_ bench: Bench) throws -> NotifySocket {
        let manager = try NotifySocket(in: bench.folder())
        bench.atEnd { manager.close() }
        return manager
    }

    private static var monotonicMicroseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
    }
}
