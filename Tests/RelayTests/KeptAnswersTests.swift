import Accounts
import Foundation
import NIOCore
import NIOPosix
import RelayConfiguration
import Synchronization
import TestSupport
import Testing

@testable import Relay

/// Long answers: written off the event loops, one after the other, and for all who ask meanwhile.
@Suite struct KeptAnswersTests {
    /// Not the one that relays in other tests use.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    /// Writes answers that name what they were made for, and notes where and when.
    private final class Writer: Sendable {
        let answers = KeptAnswers()
        let written = Mutex<[String]>([])
        let mostAtOnce = Mutex((now: 0, most: 0))
        let isOnLoop = Atomic(false)
        let microseconds: UInt32

        var count: Int { written.withLock(\.count) }
        var wasOnLoop: Bool { isOnLoop.load(ordering: .relaxed) }

        init(microseconds: UInt32) { self.microseconds = microseconds }

        func ask(_ key: String) -> EventLoopFuture<HTTPAnswer> {
            let loop = group.next()
            return answers.answer(key, on: loop) {
                // What waits to be written keeps memory.
                self.mostAtOnce.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                return group.next().makeSucceededFuture(key)
            } write: { material in
                if group.makeIterator().contains(where: \.inEventLoop) { self.isOnLoop.store(true, ordering: .relaxed) }
                usleep(self.microseconds)
                self.mostAtOnce.withLock { $0.now -= 1 }
                self.written.withLock { $0.append(material) }
                return .text(.ok, material)
            }
        }
    }

    @Test func manyDifferentAnswersAtOnceAreAllWritten() async throws {
        let writer = Writer(microseconds: 1000)
        let keys = (1...300).map { "key \($0)" }
        let asked = keys.map { ($0, writer.ask($0)) }
        for (key, future) in asked {
            let answer = try await future.get()
            #expect(answer.status == .ok && answer.body == ByteBuffer(string: "\(key)\n"), "\(key)")
        }
        #expect(!writer.wasOnLoop)
        #expect(writer.written.withLock { $0.sorted() } == keys.sorted())
        #expect(writer.mostAtOnce.withLock { $0.most } == 1, "gathered before their turn")
        // And once more, when nothing waits.
        #expect(try await writer.ask("later").get().body == ByteBuffer(string: "later\n"))
    }

    /// 60 ms each: kept for 20 times as long, at most a second.
    @Test func sameAnswerIsWrittenAtMostOnceASecondHoweverManyAsk() async throws {
        let writer = Writer(microseconds: 60_000)
        let start = ContinuousClock.now
        var count = 0
        while ContinuousClock.now - start < .milliseconds(2500) {
            for future in (0..<200).map({ _ in writer.ask("same") }) {
                #expect(try await future.get().body == ByteBuffer(string: "same\n"))
                count += 1
            }
        }
        let seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
        #expect((1...Int(seconds) + 1).contains(writer.count), "\(writer.count) in \(seconds) s for \(count) askers")
        #expect(!writer.wasOnLoop)
    }

    @Test func shortAnswerIsKeptForNoMoreThanTwentyTimesItsCost() async throws {
        let writer = Writer(microseconds: 2000)
        let start = ContinuousClock.now
        // On a busy machine each takes longer, and is kept for longer.
        while ContinuousClock.now - start < .seconds(1) || (writer.count < 3 && ContinuousClock.now - start < patience) {
            _ = try await writer.ask("same").get()
        }
        // What it costs is at most one part of 21.
        #expect((3...Int((ContinuousClock.now - start) / .milliseconds(42)) + 1).contains(writer.count), "\(writer.count)")
    }

    private static let users = (1...12).map { "user\($0)" }

    /// 100 sources for everyone, and one for each of 12 users.
    private static var configuration: RelayConfiguration {
        func source(_ name: String) -> SourceConfiguration {
            var source = RunningRelay.clipSource(name, fps: 1)
            source.enabled = false
            return source
        }
        let shared = (1...100).map { source("shared\($0)") }
        let own = users.map { user in
            var source = source("of-\(user)")
            source.viewers = .named([user])
            return source
        }
        var configuration = RelayConfiguration(listen: [RunningRelay.loopback], sources: shared + own)
        configuration.access.users = users.map { Account(name: $0, password: .plain("secret of \($0)"), isOperator: false) }
        configuration.access.trustedProxies = ["127.0.0.1"].compactMap { AddressRange($0) }
        return configuration
    }

    private struct Status: Decodable {
        struct Source: Decodable { let name: String }
        let sources: [Source]
    }

    @Test(.timeLimit(.minutes(2))) func manyUsersWithListsOfTheirOwnAskAtOnce() async throws {
        try await RunningRelay.with(Self.configuration) { ports in
            let port = try #require(ports.first)
            // Logins first, so that nothing waits for these.
            try await RawClient.run {
                for (number, user) in Self.users.enumerated() {
                    let head = try RawClient.get(port, "/shared1/healthz", Self.fields(user, number)).head
                    #expect(head.hasPrefix("HTTP/1.1 200 "), "\(user): \(head.prefix(40))")
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, user) in Self.users.enumerated() {
                    for path in ["/status?format=json", "/status", "/metrics"] {
                        group.addTask {
                            let (head, body, bytes) = try await RawClient.run { try RawClient.get(port, path, Self.fields(user, number)) }
                            #expect(head.hasPrefix("HTTP/1.1 200 "), "\(path) for \(user): \(head.prefix(40))")
                            if path.hasSuffix("json") {
                                let names = try JSONDecoder().decode(Status.self, from: Data(bytes)).sources.map(\.name)
                                #expect(names.count == 101 && names.last == "of-\(user)")
                            } else {
                                let names = Set(body.matches(of: /of-user[0-9]+/).map { String($0.0) })
                                #expect(names == ["of-\(user)"], "\(path)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private static func fields(_ user: String, _ number: Int) -> String {
        let login = Data("\(user):secret of \(user)".utf8).base64EncodedString()
        return "Authorization: Basic \(login)\r\nX-Forwarded-For: 192.0.2.\(number)\r\n"
    }
}
