import Foundation
import Synchronization
import TestSupport
import Testing

/// `notify`: programs and addresses are told that cameras are lost and back, and nothing waits for them.
@Suite struct NotifyTests {
    private static let defaults =
        "defaults: {reconnect_min: 100ms, reconnect_max: 200ms, stall_timeout: 1s, heartbeat: 500ms}\nlisten: 127.0.0.1:0\n"
    static let examples = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples").standardized.path

    /// A receiver that keeps the messages' bodies and answers as told; nil hangs.
    private final class Receiver: Sendable {
        let bodies = Mutex<[String]>([])

        func script(_ answer: @escaping @Sendable (Int) -> String?) -> TestCamera.Script {
            { connection in
                let length = Int(connection.field("Content-Length") ?? "") ?? 0
                let body = try await connection.connection.take("a body") { bytes, _ in
                    bytes.readableBytes >= length ? bytes.readString(length: length) : nil
                }
                let count = self.bodies.withLock { bodies in
                    bodies.append(body)
                    return bodies.count
                }
                guard let answer = answer(count) else { return }
                try await connection.send("HTTP/1.1 \(answer)\r\nContent-Length: 0\r\n\r\n")
                await connection.close()
            }
        }

        var states: [String] {
            bodies.withLock { $0 }.map { body in String(body.split(separator: "\"state\":\"").last?.prefix { $0 != "\"" } ?? "") }
        }
    }

    private static let program = """
        #!/bin/sh
        echo "$MJPEG_RELAY_SOURCE|$MJPEG_RELAY_STATE|$MJPEG_RELAY_SECONDS|$MJPEG_RELAY_REASON" >>"$0.out"
        """

    private func script(_ bench: Bench, _ text: String = program) throws -> String {
        let path = try bench.file(named: "tell", text: text)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private func told(_ path: String) -> [[String]] {
        ((try? String(contentsOfFile: path + ".out", encoding: .utf8)) ?? "").split(separator: "\n")
            .map { $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init) }
    }

    @Test func lostAndBackAreToldToProgramsAndAddresses() async throws {
        try await withBench { bench in
            let receiver = Receiver()
            let hook = try await bench.camera(receiver.script { _ in "200 OK" })
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let other = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let program = try script(bench)
            let relay = try bench.relay(
                configuration: Self.defaults + """
                    sources:
                      front: "\(camera.url)"
                      yard: "\(other.url)"
                      off: {url: "http://127.0.0.1:9/", enabled: false}
                      quiet: "http://127.0.0.1:9/"
                    notify:
                      - {exec: ["\(program)"], after: 1s, sources: [front, yard, off]}
                      - {url: "http://127.0.0.1:\(hook.port)/hook", after: 2s, sources: front}
                    """)
            try await bench.status(of: relay, path: "/front/status") { $0.state == "streaming" }
            try await Task.sleep(for: .seconds(3))
            #expect(told(program).isEmpty && receiver.states.isEmpty)
            await camera.goAway()
            try await eventually("lost is told") { told(program).count == 1 && receiver.states == ["lost"] }
            try await camera.comeBack()
            try await eventually("back is told") { told(program).count == 2 && receiver.states == ["lost", "back"] }
            let lines = told(program)
            #expect(lines.map { $0[0] } == ["front", "front"] && lines.map { $0[1] } == ["lost", "back"])
            #expect(Int(lines[0][2]).map { $0 >= 1 } == true && !lines[0][3].isEmpty)
            let bodies = receiver.bodies.withLock { $0 }
            let message = try JSONDecoder().decode(Message.self, from: Data(bodies[0].utf8))
            #expect(message.source == "front" && message.state == "lost" && message.seconds >= 2 && !message.reason.isEmpty)
            #expect(!bodies.joined().contains("127.0.0.1"), "what may be public names no address of a camera")
            // A camera that is away for a moment only is not told of.
            try await Task.sleep(for: .seconds(2))
            #expect(told(program).count == 2 && receiver.states.count == 2)
        }
    }

    private struct Message: Decodable {
        let source, state, reason: String
        let seconds: Int
    }

    @Test func aReceiverThatFailsIsTriedThreeTimesAndNothingIsToldOfTheReturn() async throws {
        try await withBench { bench in
            let failing = Receiver()
            let twice = Receiver()
            let bad = try await bench.camera(failing.script { _ in "500 no hunter2" })
            let good = try await bench.camera(twice.script { $0 < 3 ? "503 later" : "204 ok" })
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let relay = try bench.relay(
                configuration: Self.defaults + """
                    sources: {front: "\(camera.url)"}
                    notify:
                      - {url: "http://anna:hunter2@127.0.0.1:\(bad.port)/secret-hook?token=hunter2", after: 1s}
                      - {url: "http://127.0.0.1:\(good.port)/hook", after: 1s}
                    """)
            try await bench.status(of: relay, path: "/front/status") { $0.state == "streaming" }
            await camera.goAway()
            let line = try await relay.log.line(with: "notification has not arrived", "reason=\"receiver answers 500\"")
            #expect(line.contains("source=front"))
            try await eventually("the third try") { twice.states == ["lost", "lost", "lost"] }
            try await camera.comeBack()
            try await eventually("back") { twice.states.last == "back" }
            #expect(failing.states == ["lost", "lost", "lost"])
            for secret in ["hunter2", "secret-hook"] { #expect(!relay.log.text.contains(secret)) }
        }
    }

    /// Eight sources, each lost, and receivers that never answer: pictures, reload and shutdown do not notice.
    @Test func receiversThatHangHoldNothingUp() async throws {
        try await withBench { bench in
            let hanging = Receiver()
            let hook = try await bench.camera(hanging.script { _ in nil })
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let program = try script(bench, "#!/bin/sh\ntrap '' TERM\necho $$ >>\"$0.out\"\nwhile :; do sleep 1; done\n")
            let lost = (1...8).map { "  lost\($0): \"http://127.0.0.1:9/\"" }.joined(separator: "\n")
            let text =
                Self.defaults + """
                    sources:
                      front: "\(camera.url)"
                    \(lost)
                    notify:
                      - {exec: ["\(program)"], after: 1s}
                      - {url: "http://127.0.0.1:\(hook.port)/", after: 1s}
                    """
            let file = try ChangingFile(bench, text)
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            _ = try await viewer.part()
            // No more than four of each at a time.
            try await eventually("four programs run") { told(program).count == 4 }
            try await Task.sleep(for: .seconds(2))
            #expect(told(program).count == 4)
            #expect(hanging.bodies.withLock { $0.count } == 4)
            let start = ContinuousClock.now
            for _ in 0..<20 { _ = try await viewer.part() }
            #expect(ContinuousClock.now - start < .seconds(5))
            try file.write(text.replacing("after: 1s", with: "after: 2s"))
            let before = ContinuousClock.now
            try await relay.reload()
            #expect(ContinuousClock.now - before < .seconds(5))
            let end = ContinuousClock.now
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
            #expect(ContinuousClock.now - end < .seconds(8))
            for line in told(program) {
                let pid = try #require(pid_t(line[0]))
                try await eventually("program \(pid) is gone") { kill(pid, 0) != 0 }
            }
        }
    }

    @Test func aReloadKeepsWhatWasTold() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let program = try script(bench)
            func text(_ after: Int) -> String {
                Self.defaults + "sources: {front: \"\(camera.url)\"}\nnotify: {exec: [\"\(program)\"], after: \(after)s}\n"
            }
            let file = try ChangingFile(bench, text(1))
            let relay = try bench.relay(reading: file)
            try await bench.status(of: relay, path: "/front/status") { $0.state == "streaming" }
            await camera.goAway()
            try await eventually("lost is told") { told(program).count == 1 }
            try file.write(text(2))
            try await relay.reload()
            try file.write(text(2) + "nonsense: 1\n")
            try await relay.reload()
            try await Task.sleep(for: .seconds(3))
            try await camera.comeBack()
            try await eventually("back is told") { told(program).map { $0[1] } == ["lost", "back"] }
        }
    }

    @Test func examplesAreRight() async throws {
        try await withBench { bench in
            let check = try bench.relay(
                "--check", "-c", "\(Self.examples)/notify.yaml", environment: ["NTFY_TOPIC": "t", "HA_WEBHOOK_ID": "w"])
            #expect(try await check.exitStatus() == 0, "\(check.log.text)\(check.output.text)")
        }
    }

    /// The example for MQTT with a real broker.
    @Test func theBrokerHearsOfIt() async throws {
        try await withBench { bench in
            let port = try await FreePort.find()
            let broker = try bench.program("/usr/sbin/mosquitto", ["-p", "\(port)"])
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            try await eventually("the broker listens; it says \(broker.errors.text)") {
                (try? await TestConnection.open(port: port)) != nil
            }
            let relay = try bench.relay(
                configuration: Self.defaults + """
                    sources: {front: "\(camera.url)"}
                    notify: {exec: ["\(Self.examples)/notify-mqtt"], after: 1s}
                    """, environment: ["MQTT_PORT": "\(port)"])
            try await bench.status(of: relay, path: "/front/status") { $0.state == "streaming" }
            await camera.goAway()
            _ = try await relay.log.line(with: "notified", "state=lost")
            // Retained: a subscriber who comes later learns it.
            let listener = try bench.program("mosquitto_sub", ["-p", "\(port)", "-t", "cameras/#", "-v"])
            try await eventually("the message; \(listener.errors.text)") { listener.output.text.hasPrefix("cameras/front lost after ") }
            try await camera.comeBack()
            try await eventually("back") { listener.output.text.contains("\ncameras/front back after ") }
        }
    }
}
