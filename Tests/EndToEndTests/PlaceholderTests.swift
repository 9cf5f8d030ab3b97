import Foundation
import TestSupport
import Testing

/// The picture of the file that stands in for a lost camera: checked like the file, read again with it.
@Suite struct PlaceholderTests {
    @Test func changedPictureIsShownAfterAReload() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            await camera.goAway()
            let folder = try bench.folder()
            func write(_ number: Int) throws {
                try Data(TestPicture.jpeg(number, size: 3000)).write(to: URL(filePath: folder + "/away.jpg"))
            }
            try write(77)
            try """
            listen: 127.0.0.1:0
            sources: {front: {url: "\(camera.url)", placeholder: away.jpg, heartbeat: 500ms}}
            """.write(toFile: folder + "/relay.yaml", atomically: true, encoding: .utf8)
            let relay = try bench.relay("-d", "-c", folder + "/relay.yaml")
            let viewer = try await bench.watch("/front/stream", of: relay)
            #expect(try await viewer.anyPart().number == 77)
            // Twice: the second change is one against what the first reload read.
            for number in [78, 79] {
                try write(number)
                relay.send(SIGHUP)
                try await eventually("the viewer sees \(number)") { try await viewer.anyPart().number == number }
                #expect(try await bench.get("/front/snapshot", from: relay).body == TestPicture.jpeg(number, size: 3000))
            }
            #expect(relay.log.lines.last { $0.contains("configuration reloaded") }?.contains("changed=1") == true)
            // An unchanged one is no change.
            relay.send(SIGHUP)
            _ = try await relay.log.line(with: "configuration reloaded", "changed=0", "unchanged=1")
            // A mistake changes nothing, the picture included.
            try Data("no picture".utf8).write(to: URL(filePath: folder + "/away.jpg"))
            relay.send(SIGHUP)
            _ = try await relay.log.line(
                with: "error", folder + "/relay.yaml:2:", "'placeholder' in source 'front': the file is no JPEG picture")
            _ = try await relay.log.line(with: "error", "the old one holds")
            #expect(try await viewer.anyPart().number == 79)
        }
    }

    @Test(arguments: ["missing.jpg", "relay.yaml", "large.jpg"]) func checkNamesAPictureThatIsNone(name: String) async throws {
        try await withBench { bench in
            let folder = try bench.folder()
            try Data(TestPicture.jpeg(1, size: 2 << 20)).write(to: URL(filePath: folder + "/large.jpg"))
            let file = folder + "/relay.yaml"
            try "sources:\n  front: {url: \"http://192.0.2.1/\", placeholder: \(name)}\n"
                .write(toFile: file, atomically: true, encoding: .utf8)
            let check = try bench.relay("--check", "-c", file, folder: "/")
            #expect(try await check.exitStatus() == 1)
            #expect(check.log.lines.count == 1)
            #expect(check.log.text.hasPrefix("\(file):2:50: 'placeholder' in source 'front': "), "\(check.log.text)")
        }
    }
}
