import Foundation
import TestSupport
import Testing

/// Logins that take their time: what waits for them, who leaves meanwhile, and many wrong ones.
@Suite struct LoginLoadTests {
    private static func login(_ name: String, _ password: String) -> String {
        "Authorization: Basic \(Data("\(name):\(password)".utf8).base64EncodedString())"
    }

    private static func from(_ number: Int) -> String { "X-Forwarded-For: 10.\(number / 62_500).\(number / 250 % 250).\(number % 250)" }

    /// A hash of `secret`, as a program prints it behind a colon or alone.
    private static func hash(_ bench: Bench, _ program: String, _ arguments: String...) async throws -> String {
        let made = try bench.program(program, arguments)
        #expect(try await made.exitStatus() == 0)
        return String(made.output.text.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ":").last ?? "")
    }

    /// One that takes a tenth of a second or more.
    private static func slowHash(_ bench: Bench) async throws -> String {
        try await hash(bench, "/bin/sh", "-c", "printf 'secret\\n' | '\(RelayProcess.binary)' hash")
    }

    private static func relay(_ bench: Bench, _ hash: String, framesPerSecond: Int = 10) async throws -> RelayProcess {
        let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: framesPerSecond))
        let relay = try bench.relay(
            configuration: """
                listen: 127.0.0.1:0
                trusted_proxies: 127.0.0.1
                log: {level: info}
                users: {anna: {password_hash: "\(hash)"}, ops: {password_hash: "\(hash)", operator: true}}
                sources:
                  front: {url: "\(camera.url)", viewers: everyone}
                  garden: "\(camera.url)"
                """)
        for name in ["front", "garden"] {
            try await eventually("\(name) streams") {
                try await bench.get("/\(name)/healthz", from: relay, [login("ops", "secret")]).status == 200
            }
            try await eventually("\(name) has a picture") {
                try await bench.get("/\(name)/snapshot", from: relay, [login("ops", "secret")]).status == 200
            }
        }
        return relay
    }

    @Test func requestsBehindACheckAreAnsweredInTheirOrder() async throws {
        try await withBench { bench in
            let relay = try await Self.relay(bench, try await Self.slowHash(bench))
            func request(_ path: String, _ fields: String...) -> String {
                (["GET \(path) HTTP/1.1", "Host: localhost"] + fields).joined(separator: "\r\n") + "\r\n\r\n"
            }
            let anna = Self.login("anna", "secret")
            for inPieces in [false, true] {
                let viewer = try await bench.viewer(of: relay)
                let text =
                    request("/garden/snapshot", Self.login("anna", "wrong\(inPieces)"), Self.from(1))
                    + request("/healthz") + request("/garden/snapshot", anna, Self.from(2)) + request("/front/snapshot")
                    + request("/garden/status") + request("/garden/stream", anna, Self.from(2)) + request("/healthz")
                if inPieces {
                    // Most of it comes while the first login is being checked.
                    let bytes = Array(text.utf8)
                    for start in stride(from: 0, to: bytes.count, by: 150) {
                        try await viewer.connection.send(Array(bytes[start..<min(bytes.count, start + 150)]))
                        try await Task.sleep(for: .milliseconds(10))
                    }
                } else {
                    try await viewer.connection.send(text)
                }
                #expect(try await viewer.reply().status == 401)
                #expect(try await viewer.reply().text == "alive\n")
                for _ in 1...2 {
                    let picture = try await viewer.reply()
                    #expect(picture.status == 200 && TestPicture.number(of: picture.body) != nil)
                }
                #expect(try await viewer.reply().status == 401)
                try await viewer.openStream()
                let numbers = try await viewer.numbers(5).compactMap { $0 }
                #expect(numbers.count == 5 && numbers == numbers.sorted())
            }
            // More than may wait, behind one that takes its time: what is answered is answered in order, and then the connection ends.
            let crowd = try await bench.viewer(of: relay)
            try await crowd.connection.send(
                request("/garden/snapshot", Self.login("anna", "wrong"), Self.from(3))
                    + String(repeating: request("/healthz"), count: 500) + request("/front/stream"))
            #expect(try await crowd.reply().status == 401)
            for _ in 1...32 { #expect(try await crowd.reply().text == "alive\n") }
        }
    }

    @Test func clientsThatLeaveDuringACheckLeaveNothing() async throws {
        try await withBench { bench in
            let relay = try await Self.relay(bench, try await Self.slowHash(bench))
            let watching = try await bench.watch("/front/stream", of: relay)
            let first = try #require(try await watching.part().number)
            try await Task.sleep(for: .milliseconds(300))
            let before = try relay.openSockets
            for round in 0..<4 {
                var gone: [TestViewer] = []
                for number in 0..<24 {
                    let viewer = try await bench.viewer(of: relay)
                    // Some of them ask for a stream, and some leave others behind who wait for the same check.
                    let path = number % 2 == 0 ? "/garden/stream" : "/garden/snapshot"
                    try await viewer.ask(path, [Self.login("anna", "wrong\(round) \(number / 2)"), Self.from(100 * round + number)])
                    gone.append(viewer)
                }
                for viewer in gone.dropLast() { await viewer.close() }
                let last = try #require(gone.last)
                #expect(try await last.reply().status == 401)
                await last.close()
            }
            #expect(try await bench.get("/garden/snapshot", from: relay, [Self.login("anna", "secret"), Self.from(999)]).status == 200)
            try await eventually("all are closed") { try relay.openSockets <= before }
            let last = try #require(try await watching.numbers(3).last ?? nil)
            #expect(last > first)
            #expect(!relay.log.text.contains(" error "))
        }
    }

    @Test func fullQueueOfChecksIs503AndOthersWatchOn() async throws {
        try await withBench { bench in
            let relay = try await Self.relay(bench, try await Self.slowHash(bench))
            let watching = try await bench.watch("/front/stream", of: relay)
            _ = try await watching.part()
            let replies = try await withThrowingTaskGroup(of: HTTPReply.self) { group in
                for number in 1...90 {
                    group.addTask {
                        try await bench.get("/garden/snapshot", from: relay, [Self.login("anna", "wrong\(number)"), Self.from(number)])
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let refused = replies.filter { $0.status == 503 }
            #expect(refused.count >= 20 && refused.allSatisfy { $0["Retry-After"] == "2" && $0.text.contains("logins") })
            // As many as may wait, and the one that is being checked.
            #expect(replies.count { $0.status == 401 } >= 33 && replies.count { $0.status == 401 } + refused.count == 90)
            #expect(try await bench.get("/garden/snapshot", from: relay, [Self.login("anna", "secret"), Self.from(1000)]).status == 200)
            let numbers = try await watching.numbers(20).compactMap { $0 }
            #expect(numbers.count == 20 && numbers.last == (numbers.first ?? 0) + 19, "frames lost: \(numbers)")
        }
    }

    @Test func tenThousandWrongLoginsBesideTwentyViewers() async throws {
        try await withBench { bench in
            // The cheapest that is taken: many of them in a short time.
            let relay = try await Self.relay(bench, try await Self.hash(bench, "htpasswd", "-nbB", "-C", "4", "anna", "secret"))
            var viewers: [TestViewer] = []
            for _ in 1...20 { viewers.append(try await bench.watch("/front/stream", of: relay)) }
            let isOver = Flag()
            let watching = viewers.map { viewer in
                Task {
                    var numbers: [Int] = []
                    while !isOver.isSet { numbers.append(try await viewer.part().number ?? 0) }
                    return numbers
                }
            }
            func guess(_ numbers: Range<Int>) async throws {
                let connections = 8
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for connection in 0..<connections {
                        group.addTask {
                            let viewer = try await bench.viewer(of: relay)
                            for number in numbers where number % connections == connection {
                                try await viewer.ask("/garden/stream", [Self.login("anna", "wrong\(number)"), Self.from(number)])
                                #expect(try await viewer.reply().status == 401)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            // By then the table of addresses is full.
            try await guess(0..<5000)
            let before = try relay.privateKiB
            try await guess(5000..<10_000)
            let grown = try relay.privateKiB - before
            #expect(grown < 3 << 10, "\(grown) KiB more")
            isOver.set()
            for task in watching {
                let numbers = try await task.value
                #expect(numbers.count > 20)
                let lost = zip(numbers, numbers.dropFirst()).filter { $1 != $0 + 1 }
                #expect(lost.isEmpty, "lost between \(lost)")
            }
            #expect(relay.log.lines.count { $0.contains("login failed") } == 10_000)
            #expect(try await bench.get("/garden/snapshot", from: relay, [Self.login("anna", "secret"), Self.from(20_000)]).status == 200)
        }
    }
}
