import CameraURL
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import CameraClient

/// What is remembered of names, and how look-ups that hang harm nobody.
@Suite(.timeLimit(.minutes(1)), .serialized) struct NameMemoryTests {
    /// The system's resolver, as a test wants it.
    private final class System: Sendable {
        private let calls = Mutex<[String]>([])
        private let running = Mutex(0)
        private let most = Mutex(0)
        private let isShut = Atomic(true)
        private let failure = Mutex<Int32?>(nil)

        /// The names that were looked up, in order.
        var asked: [String] { calls.withLock { $0 } }
        /// The most look-ups at once.
        var mostAtOnce: Int { most.withLock { $0 } }

        /// Lets those that hang go.
        func open() { isShut.store(false, ordering: .sequentiallyConsistent) }
        /// Has them hang from now on.
        func shut() { isShut.store(true, ordering: .sequentiallyConsistent) }
        /// Has every look-up fail.
        func fail(_ code: Int32?) { failure.withLock { $0 = code } }

        func lookUp(_ host: String, _ port: Int) -> HostResolver.Outcome {
            calls.withLock { $0.append(host) }
            let now = running.withLock { running in
                running += 1
                return running
            }
            most.withLock { $0 = max($0, now) }
            defer { running.withLock { $0 -= 1 } }
            while host.hasPrefix("hangs"), isShut.load(ordering: .sequentiallyConsistent) { usleep(20_000) }
            if host.hasPrefix("slow") { usleep(3_000_000) }
            if let code = failure.withLock({ $0 }) { return .failure(.init(code: code, askedMulticast: host.hasSuffix(".local"))) }
            return .success((try? SocketAddress(ipAddress: "127.0.0.1", port: port)).map { [$0] } ?? [])
        }
    }

    private func resolver(_ system: System, _ change: (inout HostResolver.Limits) -> Void = { _ in }) -> HostResolver {
        var limits = HostResolver.Limits()
        change(&limits)
        return HostResolver(limits: limits) { system.lookUp($0, $1) }
    }

    private func lookUp(_ host: String, _ resolver: HostResolver, port: Int = 80) async -> HostResolver.Outcome {
        await withCheckedContinuation { continuation in
            resolver.lookUp(host: host, port: port) { continuation.resume(returning: $0) }
        }
    }

    private func dial(
        _ camera: TestCamera, _ host: String, _ resolver: HostResolver, within limit: Duration = .milliseconds(500)
    ) async throws -> Watched {
        let settings = try quickSettings("http://\(host):\(camera.port)/") { $0.connectTimeout = limit }
        return await watch(HTTPCamera(settings: settings, eventLoop: TestLoops.group.next(), resolver: resolver), frames: 1)
    }

    private func camera() async throws -> TestCamera {
        try await TestCamera.start { _ in [.send(TestPicture.head + TestPicture.parts([TestPicture.jpeg(1)]))] }
    }

    @Test func oneLookUpServesAllWhoAskMeanwhile() async {
        let system = System()
        let resolver = resolver(system)
        let ports = await withTaskGroup(of: Int?.self) { group in
            for port in 1...100 {
                group.addTask {
                    try? await self.lookUp(port % 2 == 0 ? "slow.example" : "SLOW.example", resolver, port: port).get().first?.port
                }
            }
            return await group.reduce(into: Set<Int>()) { if let port = $1 { $0.insert(port) } }
        }
        #expect(ports == Set(1...100))
        #expect(system.asked == ["slow.example"])
    }

    /// A dead first nameserver: each look-up takes longer than `connect_timeout`.
    @Test(arguments: [TimeAmount.seconds(5), .zero])
    func anAnswerThatComesTooLateServesTheNextDial(_ answerAge: TimeAmount) async throws {
        let camera = try await camera()
        let system = System()
        let resolver = resolver(system) { $0.answerAge = answerAge }
        let first = try await dial(camera, "slow.example", resolver, within: .milliseconds(2500))
        #expect(first.error == .nameNotFound(host: "slow.example", reason: "no answer within 2.5 seconds"))
        while resolver.running > 0 { try await Task.sleep(for: .milliseconds(5)) }
        // Answers that are not remembered for a while still serve where the next look-up is as slow.
        for _ in 0..<3 { #expect(try await dial(camera, "slow.example", resolver, within: .milliseconds(2500)).frames == 1) }
        await camera.stop()
    }

    @Test func theLastGoodAddressesServeWhileALookUpHangs() async throws {
        let camera = try await camera()
        let system = System()
        let resolver = resolver(system) { $0.answerAge = .zero }
        system.open()
        #expect(try await dial(camera, "hangs.example", resolver, within: .seconds(20)).frames == 1)
        system.shut()
        for _ in 0..<3 { #expect(try await dial(camera, "hangs.example", resolver, within: .seconds(20)).frames == 1) }
        #expect(resolver.running == 1)
        #expect(system.asked.count == 2)
        system.open()
        await camera.stop()
    }

    /// A failure that says nothing about the name leaves its addresses; a name that is gone is gone.
    @Test(arguments: [
        (EAI_AGAIN, "a.example", true), (EAI_FAIL, "a.example", true), (EAI_NONAME, "a.example", false), (EAI_NONAME, "a.local", true),
    ])
    func theLastGoodAddressesOutliveAFailureOfTheSystem(_ code: Int32, _ host: String, _ stay: Bool) async throws {
        let system = System()
        let resolver = resolver(system) { $0.answerAge = .zero }
        #expect(try await lookUp(host, resolver).get().count == 1)
        system.fail(code)
        let outcome = await lookUp(host, resolver, port: 81)
        #expect(((try? outcome.get())?.first?.port == 81) == stay)
        #expect(resolver.lastAddresses(host: host, port: 1).isEmpty == !stay)
        system.fail(nil)
        #expect(try await lookUp(host, resolver).get().count == 1)
    }

    /// More names hang than look-ups may begin at once.
    @Test func hangingNamesCutOffNoOther() async throws {
        let system = System()
        let resolver = resolver(system)
        for number in 0..<100 { resolver.lookUp(host: "hangs\(number).example", port: 80) { _ in } }
        let start = NIODeadline.now()
        #expect(try await lookUp("answers.example", resolver).get().count == 1)
        #expect(NIODeadline.now() - start < .seconds(8))
        // Those that hang are left where they are: the next comes at once.
        while resolver.running < 100 { try await Task.sleep(for: .milliseconds(20)) }
        try await Task.sleep(for: .milliseconds(600))
        let next = NIODeadline.now()
        #expect(try await lookUp("next.example", resolver).get().count == 1)
        #expect(NIODeadline.now() - next < .milliseconds(400))
        system.open()
    }

    /// More names hang than there may be threads: those that hung before leave room.
    @Test func namesThatHungBeforeLeaveRoom() async throws {
        let system = System()
        let resolver = resolver(system) {
            $0 = HostResolver.Limits(fresh: 4, slowAfter: .milliseconds(20), all: 8, known: 6, answerAge: .zero)
        }
        let hanging = (0..<8).map { "hangs\($0).example" }
        for host in hanging { resolver.lookUp(host: host, port: 80) { _ in } }
        try await eventually("all of them to hang") { resolver.running == 8 }
        // The last of them count as slow from now on.
        try await Task.sleep(for: .milliseconds(100))
        system.open()
        try await eventually("all of them to be answered") { resolver.running == 0 }
        system.shut()
        defer { system.open() }
        for host in hanging { resolver.lookUp(host: host, port: 80) { _ in } }
        try await eventually("known ones to take their places") { resolver.running == 6 }
        let found = Mutex<Int?>(nil)
        resolver.lookUp(host: "answers.example", port: 80) { outcome in
            let count = try? outcome.get().count
            found.withLock { $0 = count }
        }
        #expect(try await eventually("another name's addresses") { found.withLock { $0 } } == 1)
        #expect(resolver.running == 6)
        #expect(system.mostAtOnce == 8)
    }

    /// Also the first time, when nobody knows that they will hang.
    @Test func namesThatHangHoldNoPlaceThatOthersNeed() async throws {
        let system = System()
        let resolver = resolver(system) {
            $0 = HostResolver.Limits(
                fresh: 4, slowAfter: .milliseconds(20), all: 8, hungAfter: .milliseconds(100), known: 6, answerAge: .zero)
        }
        defer { system.open() }
        for number in 0..<20 { resolver.lookUp(host: "hangs\(number).example", port: 80) { _ in } }
        let found = Mutex<Int?>(nil)
        resolver.lookUp(host: "answers.example", port: 80) { outcome in
            let count = try? outcome.get().count
            found.withLock { $0 = count }
        }
        #expect(try await eventually("another name's addresses") { found.withLock { $0 } } == 1)
        #expect(resolver.running == 20)
    }

    @Test func whoNoLongerWaitsIsForgotten() async throws {
        let system = System()
        let resolver = resolver(system) { $0.fresh = 1 }
        let called = Atomic(0)
        let ticket = resolver.lookUp(host: "hangs.example", port: 80) { _ in called.add(1, ordering: .relaxed) }
        let queued = resolver.lookUp(host: "queued.example", port: 80) { _ in called.add(1, ordering: .relaxed) }
        resolver.cancel(queued)
        resolver.cancel(ticket)
        resolver.cancel(ticket)
        system.open()
        while resolver.running > 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(called.load(ordering: .relaxed) == 0)
        #expect(system.asked == ["hangs.example"])
        // What was found is remembered all the same, and a name whose turn never came can be asked for again.
        #expect(resolver.lastAddresses(host: "HANGS.example", port: 5).first?.port == 5)
        #expect(try await lookUp("queued.example", resolver).get().count == 1)
    }

    @Test func rememberedNamesAreBounded() async throws {
        let resolver = resolver(System()) { $0.names = 10 }
        for number in 0..<200 { _ = await lookUp("n\(number).example", resolver) }
        let known = (0..<200).filter { !resolver.lastAddresses(host: "n\($0).example", port: 1).isEmpty }
        #expect(known == Array(190..<200))
    }

    @Test func theAddressThatWorkedComesFirst() async throws {
        let addresses = try ["192.0.2.1", "192.0.2.2", "2001:db8::1"].map { try SocketAddress(ipAddress: $0, port: 1) }
        let resolver = HostResolver { _, _ in .success(addresses) }
        #expect(try await lookUp("cam", resolver).get().first?.ipAddress == "192.0.2.1")
        resolver.note(host: "CAM", worked: try SocketAddress(ipAddress: "2001:db8::1", port: 99))
        let ordered = try await lookUp("cam", resolver, port: 7).get()
        #expect(ordered.map(\.ipAddress) == ["2001:db8::1", "192.0.2.1", "192.0.2.2"])
        #expect(ordered.allSatisfy { $0.port == 7 })
    }

    // MARK: - Names of the local network

    @Test func theLocalNetworkAnswersBesideASystemThatHangs() async throws {
        let found = try SocketAddress(ipAddress: "192.0.2.9", port: 80)
        let gate = System()
        let outcome = await withCheckedContinuation { continuation in
            _ = DetachedThread.start {
                let lookup = LocalLookup(multicast: { _, _ in [found] }, system: { _, port in gate.lookUp("hangs", port) })
                continuation.resume(returning: lookup.addresses(of: "cam.local", port: 80))
            }
        }
        #expect(try outcome.get() == [found])
        gate.open()
    }

    @Test func theSystemAnswersBesideALocalNetworkThatIsSilent() async throws {
        let found = try SocketAddress(ipAddress: "192.0.2.9", port: 80)
        let gate = System()
        let outcome = await withCheckedContinuation { continuation in
            _ = DetachedThread.start {
                let lookup = LocalLookup(
                    multicast: { _, port in
                        _ = gate.lookUp("hangs", port)
                        return []
                    }, system: { _, _ in .success([found]) })
                continuation.resume(returning: lookup.addresses(of: "cam.local", port: 80))
            }
        }
        #expect(try outcome.get() == [found])
        gate.open()
    }

    @Test func bothAreHeardBeforeANameIsNotFound() async throws {
        for isSlow in [false, true] {
            let outcome = await withCheckedContinuation { continuation in
                _ = DetachedThread.start {
                    let lookup = LocalLookup(
                        multicast: { _, _ in
                            if isSlow { usleep(50_000) }
                            return []
                        },
                        system: { _, _ in
                            if !isSlow { usleep(50_000) }
                            return .failure(.init(code: EAI_NONAME))
                        })
                    continuation.resume(returning: lookup.addresses(of: "cam.local", port: 80))
                }
            }
            #expect(throws: HostResolver.LookupFailure(code: EAI_NONAME, askedMulticast: true)) { try outcome.get() }
        }
    }
}
