import Glibc
import NIOCore
import Synchronization
import Testing

@testable import CameraClient

@Suite struct HostResolverTests {
    /// Holds look-ups until they are let go.
    private final class Gate: Sendable {
        private let isOpen = Atomic(false)

        func open() { isOpen.store(true, ordering: .sequentiallyConsistent) }
        func passes() -> Bool { isOpen.load(ordering: .sequentiallyConsistent) }
    }

    @Test func aLookUpThatHangsDelaysNoOther() async {
        let gate = Gate()
        let resolver = HostResolver { host, port in
            while host == "hangs.example", !gate.passes() { usleep(1000) }
            return .success((try? SocketAddress(ipAddress: "192.0.2.1", port: port)).map { [$0] } ?? [])
        }
        for _ in 0..<HostResolver.Limits().fresh - 1 {
            resolver.lookUp(host: "hangs.example", port: 80) { _ in }
        }
        let answer = await withCheckedContinuation { continuation in
            resolver.lookUp(host: "answers.example", port: 81) { continuation.resume(returning: $0) }
        }
        #expect((try? answer.get())?.first?.port == 81)
        gate.open()
    }

    @Test func moreLookUpsThanThreadsWaitTheirTurn() async {
        let running = Atomic(0)
        let most = Atomic(0)
        let resolver = HostResolver { _, _ in
            let now = running.add(1, ordering: .sequentiallyConsistent).newValue
            most.max(now, ordering: .sequentiallyConsistent)
            usleep(2000)
            running.subtract(1, ordering: .sequentiallyConsistent)
            return .success([])
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        resolver.lookUp(host: "x", port: 1) { _ in continuation.resume() }
                    }
                }
            }
        }
        #expect(most.load(ordering: .sequentiallyConsistent) <= HostResolver.Limits().fresh)
    }

    @Test func theSystemsAnswerHasBothFamiliesOrAReason() async {
        let resolver = HostResolver()
        let local = await withCheckedContinuation { continuation in
            resolver.lookUp(host: "localhost", port: 80) { continuation.resume(returning: $0) }
        }
        #expect((try? local.get())?.isEmpty == false)
        let missing = await withCheckedContinuation { continuation in
            resolver.lookUp(host: "no-such-host.invalid", port: 80) { continuation.resume(returning: $0) }
        }
        #expect(throws: HostResolver.LookupFailure.self) { try missing.get() }
    }
}
