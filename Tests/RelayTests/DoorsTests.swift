import Accounts
import Foundation
import Logging
import NIOCore
import NIOPosix
import RelayConfiguration
import Synchronization
import TestSupport
import Testing

@testable import Relay

/// How often passwords are checked, and who waits for it.
@Suite struct DoorsTests {
    /// Not the one that relays in other tests use.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Checks passwords slowly, or not before it is told to, and counts.
    private final class Checker: Sendable {
        private let count = Atomic(0)
        private let isHeld = Atomic(false)

        var checks: Int { count.load(ordering: .sequentiallyConsistent) }

        func hold(_ value: Bool) { isHeld.store(value, ordering: .sequentiallyConsistent) }

        var doors: Doors {
            Doors(logger: DoorsTests.logger) { password, account, _ in
                self.count.add(1, ordering: .sequentiallyConsistent)
                repeat { usleep(1000) } while self.isHeld.load(ordering: .sequentiallyConsistent)
                return account?.password == .plain(password)
            }
        }
    }

    private static func access(_ users: Int = 1, password: String = "secret") -> AccessConfiguration {
        var access = AccessConfiguration()
        access.users = (1...users).map { Account(name: "user\($0)", password: .plain(password)) }
        return access
    }

    /// What comes of a login, at once or after a check.
    private static func judge(
        _ doors: Doors, _ name: String, _ password: String = "secret", from address: String = "192.0.2.1", _ access: AccessConfiguration
    ) -> EventLoopFuture<Doors.Verdict> {
        let verdict = doors.judge(
            .login(name: name, password: password, isBasic: true), for: "front", from: .forwarded(address), access, cookie: "c")
        let loop = group.next()
        if case .checking(let check) = verdict { return check(loop) }
        return loop.makeSucceededFuture(verdict)
    }

    private static func status(_ verdict: Doors.Verdict) -> Int {
        switch verdict {
        case .admitted: 200
        case .refused(let answer): Int(answer.status.code)
        case .checking: 0
        }
    }

    @Test func aThousandViewersOfOneUserCostOneHash() async throws {
        let checker = Checker()
        let doors = checker.doors
        checker.hold(true)
        let waiting = (0..<1000).map { Self.judge(doors, "user1", from: "10.0.\($0 / 250).\($0 % 250)", Self.access()) }
        checker.hold(false)
        for future in waiting { #expect(try await Self.status(future.get()) == 200) }
        #expect(checker.checks == 1)
        for number in 0..<1000 {
            #expect(try await Self.status(Self.judge(doors, "user1", from: "10.1.0.\(number % 250)", Self.access()).get()) == 200)
        }
        #expect(checker.checks == 1, "what was right is remembered")
        // Until the password is another one.
        let changed = Self.access(password: "other")
        #expect(try await Self.status(Self.judge(doors, "user1", from: "10.2.0.1", changed).get()) == 401)
        #expect(try await Self.status(Self.judge(doors, "user1", "other", from: "10.2.0.2", changed).get()) == 200)
        #expect(checker.checks == 3)
        // An unknown user, and a wrong password, cost one each time.
        for number in 4...8 {
            #expect(try await Self.status(Self.judge(doors, "nobody", from: "10.3.0.\(number)", changed).get()) == 401)
            #expect(checker.checks == number)
        }
    }

    @Test func fullQueueRefusesOtherLoginsOnly() async throws {
        let checker = Checker()
        let doors = checker.doors
        let access = Self.access(60)
        checker.hold(true)
        var asked = [Self.judge(doors, "user1", from: "10.0.0.1", access)]
        try await eventually("the first check has begun") { checker.checks == 1 }
        for number in 2...BackgroundWork.maxWaiting + 1 {
            asked.append(Self.judge(doors, "user\(number)", from: "10.0.0.\(number)", access))
        }
        for number in 40...60 {
            guard case .refused(let answer) = try await Self.judge(doors, "user\(number)", from: "10.0.0.\(number)", access).get() else {
                Issue.record("login \(number) is let in")
                continue
            }
            #expect(answer.status == .serviceUnavailable && answer.headers["Retry-After"] == ["2"])
        }
        // Who shows a login that is being checked waits with the others.
        asked += (1...20).map { Self.judge(doors, "user\($0)", from: "10.1.0.\($0)", access) }
        checker.hold(false)
        for future in asked { #expect(try await Self.status(future.get()) == 200) }
        #expect(checker.checks == BackgroundWork.maxWaiting + 1)
        #expect(try await Self.status(Self.judge(doors, "user60", from: "10.0.0.60", access).get()) == 200, "there is room again")
    }

    private static let sessionKey = "a key of cookies"

    /// The cookie's age in seconds, and whether a new one comes.
    @Test(arguments: [
        (0, false), (SessionCookie.lifetime / 2 - 60, false), (SessionCookie.lifetime / 2 + 60, true), (SessionCookie.lifetime - 60, true),
    ])
    func cookieIsRenewedWhenHalfItsTimeIsOver(_ age: Int, isRenewed: Bool) async throws {
        var configuration = RelayConfiguration(listen: [RunningRelay.loopback], sources: [RunningRelay.clipSource()])
        configuration.access = Self.access()
        configuration.access.sessionKey = Self.sessionKey
        let account = configuration.access.users[0]
        try await RunningRelay.with(configuration) { ports in
            let port = try #require(ports.first)
            try await RawClient.run {
                let now = Int(Date().timeIntervalSince1970)
                let value = SessionCookie.value(for: account, at: now - age, key: Array(Self.sessionKey.utf8))
                let cookie = "Cookie: mjpeg-relay-\(port)=\(value)\r\n"
                for path in ["/", "/status", "/clip/", "/clip/status", "/clip/embed"] {
                    let head = try RawClient.get(port, path, cookie).head
                    #expect(head.hasPrefix("HTTP/1.1 200 "))
                    #expect(head.contains("Set-Cookie: mjpeg-relay-\(port)=") == isRenewed, "\(path)")
                    guard isRenewed, let new = head.firstMatch(of: /Set-Cookie: mjpeg-relay-[0-9]+=([^;]+);/) else { continue }
                    let (_, left) = try #require(
                        SessionCookie.account(
                            of: String(new.1), among: [account], at: Int(Date().timeIntervalSince1970), key: Array(Self.sessionKey.utf8)))
                    #expect(left > SessionCookie.lifetime - 60)
                    let again = try RawClient.get(port, path, "Cookie: mjpeg-relay-\(port)=\(new.1)\r\n").head
                    #expect(again.hasPrefix("HTTP/1.1 200 ") && !again.contains("Set-Cookie"))
                }
                // What a page asks for renews it too, a picture does not.
                let asked = try RawClient.get(port, "/clip/status?format=json", cookie + "Sec-Fetch-Site: same-origin\r\n").head
                #expect(asked.contains("Set-Cookie: ") == isRenewed)
                #expect(try !RawClient.get(port, "/clip/snapshot?wake=0", cookie).head.contains("Set-Cookie: "))
            }
        }
    }
}
