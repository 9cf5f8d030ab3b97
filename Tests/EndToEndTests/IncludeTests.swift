import Foundation
import TestSupport
import Testing

/// Files that are included, in a running relay.
@Suite struct IncludeTests {
    @Test func camerasComeAndGoWithTheirFilesAndABrokenOneChangesNothing() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let other = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let file = try ChangingFile(bench, "listen: 127.0.0.1:0\ninclude: sources.d/*.yaml\n")
            let folder = URL(filePath: file.path).deletingLastPathComponent().appending(path: "sources.d").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            func write(_ text: String, _ name: String) throws {
                try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
            }
            // A relay without any camera yet.
            let relay = try bench.relay(reading: file)
            #expect(try await bench.get("/status?format=json", from: relay).json(StatusReply.self).sources.isEmpty)
            #expect(try await bench.get("/", from: relay).status == 200)

            try write("sources: {front: \"\(camera.url)\"}", "a.yaml")
            try await relay.reload()
            let viewer = try await bench.watch("/front/stream", of: relay)
            let first = try #require(try await viewer.part().number)

            try write("sources: {yard: \"\(other.url)\", front: \"\(other.url)\"}", "b.yaml")
            try await relay.reload()
            _ = try await relay.log.line(with: "\(folder)/b.yaml:1:", "source 'front' is already at line 1 of \(folder)/a.yaml")
            try write("sources: {yard: {exec: [true]}}", "b.yaml")
            try await relay.reload()
            #expect(try await bench.get("/yard/healthz", from: relay).status == 404)
            let status = try await bench.get("/status?format=json", from: relay).json(StatusReply.self)
            #expect(status.reload.problems.first?.contains("b.yaml:1:18: 'exec' in source 'yard'") == true, "\(status.reload.problems)")

            try write("sources: {yard: \"\(other.url)\"}", "b.yaml")
            try await relay.reload()
            try await bench.status(of: relay, path: "/yard/status") { $0.state == "streaming" }
            // The camera that did not change has lost no picture meanwhile.
            var last = first
            for _ in 0..<20 {
                let number = try #require(try await viewer.part().number)
                #expect(number == last + 1)
                last = number
            }
            #expect(camera.connectionCount == 1)
            try FileManager.default.removeItem(atPath: "\(folder)/a.yaml")
            try await relay.reload()
            try await eventually("the viewer of the camera that is gone is ended") { viewer.connection.isClosed }
        }
    }
}
