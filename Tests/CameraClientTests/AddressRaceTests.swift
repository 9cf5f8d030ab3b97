import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import CameraClient

/// Which of a camera's addresses are tried, and when.
@Suite(.timeLimit(.minutes(1))) struct AddressRaceTests {
    /// What was tried, and what became of it; on the race's loop.
    private final class Field {
        var tried: [String] = []
        var promises: [String: EventLoopPromise<any Channel>] = [:]
        var running = 0
        var mostRunning = 0
    }

    private struct Refused: Error, Equatable {
        let address: String
    }

    private struct Nothing: Error, Equatable {}

    private let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()

    /// Runs a race whose attempts end as `attempt` says: nil for one that hangs.
    private func race(
        _ addresses: [[String]], after delays: [TimeAmount] = [], finish: Bool = true,
        attempt: @escaping @Sendable (String) -> Bool?
    ) async throws -> (tried: [String], winner: String?, error: (any Error)?) {
        let loop = loop
        let channels = try addresses.flatMap { $0 }.reduce(into: [String: any Channel]()) { result, address in
            result[address] = try DatagramBootstrap(group: loop).bind(host: "127.0.0.1", port: 0).wait()
        }
        let done = loop.makePromise(of: ([String], String?, (any Error)?).self)
        loop.execute {
            let field = Field()
            let race = AddressRace(eventLoop: loop) { address in
                let name = address.ipAddress ?? ""
                field.tried.append(name)
                field.running += 1
                field.mostRunning = max(field.mostRunning, field.running)
                let outcome = attempt(name)
                if outcome != nil { field.running -= 1 }
                switch outcome {
                case true?: return loop.makeSucceededFuture(channels[name]!)
                case false?: return loop.makeFailedFuture(Refused(address: name))
                case nil:
                    let promise = loop.makePromise(of: (any Channel).self)
                    field.promises[name] = promise
                    return promise.futureResult
                }
            } abandon: { _ in
                field.running -= 1
            }
            for (place, list) in addresses.enumerated() {
                let new = list.compactMap { try? SocketAddress(ipAddress: $0, port: 1) }
                if place == 0 {
                    race.add(new)
                } else {
                    loop.assumeIsolated().scheduleTask(in: delays[place - 1]) { race.add(new) }
                }
            }
            if finish { loop.assumeIsolated().scheduleTask(in: delays.last ?? .zero) { race.finish(Nothing()) } }
            race.outcome.assumeIsolated().whenComplete { result in
                // Those that hang answer after the race.
                for (name, promise) in field.promises { promise.succeed(channels[name]!) }
                var winner: String?
                var failure: (any Error)?
                switch result {
                case .success(let channel): winner = channels.first { $0.value === channel }?.key
                case .failure(let error): failure = error
                }
                let tried = field.tried
                #expect(field.mostRunning <= 2)
                loop.assumeIsolated().execute { done.succeed((tried, winner, failure)) }
            }
        }
        let result = try await done.futureResult.get()
        // Whoever comes too late is closed.
        for (name, channel) in channels where result.0.contains(name) && name != result.1 && attempt(name) == nil {
            try await channel.closeFuture.get()
        }
        for channel in channels.values { try? await channel.close() }
        return result
    }

    @Test func theFirstThatAnswersWins() async throws {
        let result = try await race([["192.0.2.1", "192.0.2.2"]]) { _ in true }
        #expect(result.tried == ["192.0.2.1"])
        #expect(result.winner == "192.0.2.1")
    }

    @Test func anAddressThatHangsDelaysTheNextByAMoment() async throws {
        let start = NIODeadline.now()
        let result = try await race([["192.0.2.1", "192.0.2.2", "192.0.2.3"]]) { $0 == "192.0.2.3" ? true : nil }
        #expect(result.winner == "192.0.2.3")
        #expect(NIODeadline.now() - start >= AddressRace.delay * 2)
    }

    @Test func anAddressThatRefusesIsFollowedAtOnceByTheOtherFamily() async throws {
        let start = NIODeadline.now()
        let result = try await race([["2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2"]]) { $0 == "192.0.2.2" }
        #expect(result.tried == ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2"])
        #expect(result.winner == "192.0.2.2")
        #expect(NIODeadline.now() - start < .seconds(20))
    }

    @Test func whenAllRefuseTheFirstHasTheWord() async throws {
        let result = try await race([["192.0.2.1", "192.0.2.2"]]) { _ in false }
        #expect(result.error as? Refused == Refused(address: "192.0.2.1"))
        let none = try await race([[]]) { _ in false }
        #expect(none.error is Nothing)
    }

    /// Remembered addresses refuse, and the look-up finds another one.
    @Test func addressesThatComeLaterAreTriedOnce() async throws {
        let result = try await race([["192.0.2.1"], ["192.0.2.1", "192.0.2.2"]], after: [.milliseconds(50)]) { $0 == "192.0.2.2" }
        #expect(result.tried == ["192.0.2.1", "192.0.2.2"])
        #expect(result.winner == "192.0.2.2")
    }

    /// Attempts that hang make room for others, one of which works; in the end they have another turn themselves, since they may be slow.
    @Test func attemptsThatHangMakeRoom() async throws {
        let names = (1...6).map { "192.0.2.\($0)" }
        let result = try await race([names]) { $0 == "192.0.2.6" ? true : nil }
        #expect(result.tried == names)
        #expect(result.winner == "192.0.2.6")

        let first = Atomic(true)
        let slow = try await race([Array(names.prefix(3))]) { name in
            guard name == "192.0.2.1" else { return nil }
            return first.exchange(false, ordering: .relaxed) ? nil : true
        }
        #expect(slow.tried == ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.1"])
        #expect(slow.winner == "192.0.2.1")
    }

    @Test func notMoreThanSomeAreTried() async throws {
        let many = (1...200).map { "192.0.2.\($0)" }
        let result = try await race([Array(many.prefix(100)), many], after: [.milliseconds(1)]) { _ in false }
        #expect(result.tried.count == AddressRace.maxAddresses)
    }
}
