import Foundation
import TestSupport
import Testing

/// The programs that people publish with.
@Suite struct PublishProgramTests {
    private static let ffmpeg = [
        "-hide_banner", "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=15", "-q:v", "5",
    ]

    private static func url(_ relay: RelayProcess, _ login: String = "cam:secret@", scheme: String = "http") async throws -> String {
        "\(scheme)://\(login)127.0.0.1:\(try await relay.port())/garden/publish"
    }

    /// Waits for so many more frames, and that each of three viewers has pictures.
    private static func expectPictures(_ bench: Bench, _ relay: RelayProcess, _ count: Int = 5) async throws {
        let before = try await bench.get("/garden/status?format=json", from: relay).json(SourceReply.self).framesIn
        var viewers: [TestViewer] = []
        for _ in 0..<3 { viewers.append(try await bench.watch("/garden/stream", of: relay)) }
        try await bench.status(of: relay, path: "/garden/status") { $0.framesIn >= before + count && $0.state == "streaming" }
        for viewer in viewers {
            try await eventually("a live picture") {
                let part = try await viewer.anyPart()
                return part.kind == nil && part.jpeg.starts(with: [0xFF, 0xD8, 0xFF]) && part.jpeg.suffix(2) == [0xFF, 0xD9]
            }
        }
    }

    @Test(arguments: [
        ["-f", "mpjpeg", "-method", "POST"], ["-f", "mjpeg", "-method", "POST"], ["-f", "mpjpeg", "-method", "PUT"],
        ["-f", "mpjpeg", "-method", "POST", "-content_type", "multipart/x-mixed-replace;boundary=ffmpeg"], ["-f", "mjpeg"],
    ])
    func ffmpegPublishes(_ options: [String]) async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            let isIcecast = options.count == 2
            let url = try await Self.url(relay, scheme: isIcecast ? "icecast" : "http")
            let first = try bench.program("ffmpeg", Self.ffmpeg + options + [url])
            try await Self.expectPictures(bench, relay)
            let viewer = try await bench.watch("/garden/stream", of: relay)
            // Killed and started anew: the viewer stays.
            first.send(SIGKILL)
            _ = try await first.exitStatus()
            let second = try bench.program("ffmpeg", Self.ffmpeg + options + [url])
            try await Self.expectPictures(bench, relay)
            #expect(!viewer.connection.isClosed)
            second.send(SIGINT)
            _ = try await second.exitStatus()
            #expect(second.errors.text.isEmpty || isIcecast, "\(second.errors.text)")
        }
    }

    /// Without a login ffmpeg asks first; with a wrong one, or none, it ends with an error soon.
    @Test(arguments: ["cam:wrong@", ""]) func ffmpegSeesARefusal(_ login: String) async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            let url = try await Self.url(relay, login)
            let start = ContinuousClock.now
            let program = try bench.program("ffmpeg", Self.ffmpeg + ["-f", "mpjpeg", "-method", "POST", url])
            #expect(try await program.exitStatus() != 0)
            #expect(start.duration(to: .now) < .seconds(4))
            #expect(!program.errors.text.isEmpty)
        }
    }

    @Test func curlPublishesAFile() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            let folder = try bench.folder()
            let all = (1...5).flatMap { TestPicture.jpeg($0, size: 5000) }
            try Data(all).write(to: URL(filePath: "\(folder)/all.mjpeg"))
            try Data(TestPicture.jpeg(9, size: 5000)).write(to: URL(filePath: "\(folder)/one.jpg"))
            let url = try await Self.url(relay)
            var frames = 0
            for (arguments, count) in [
                (["--data-binary", "@\(folder)/all.mjpeg"], 5), (["-T", "\(folder)/all.mjpeg"], 5), (["-F", "imageFile=@\(folder)/one.jpg"], 1),
                (["-T", "\(folder)/one.jpg"], 1), (["-H", "Content-Type: image/jpeg", "--data-binary", "@\(folder)/one.jpg"], 1),
            ] {
                let curl = try bench.program("curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}"] + arguments + [url])
                #expect(try await curl.exitStatus() == 0 && curl.output.text == "204", "\(arguments): \(curl.output.text) \(curl.errors.text)")
                frames += count
                try await bench.status(of: relay, path: "/garden/status") { $0.framesIn == frames }
            }
            let pipe = try bench.program("/bin/sh", ["-c", "cat '\(folder)/all.mjpeg' | curl -sS -o /dev/null -w '%{http_code}' -T - '\(url)'"])
            #expect(try await pipe.exitStatus() == 0 && pipe.output.text == "204")
            let refused = try bench.program(
                "curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-T", "\(folder)/all.mjpeg", try await Self.url(relay, "cam:wrong@")])
            _ = try await refused.exitStatus()
            #expect(refused.output.text == "401")
        }
    }

    @Test(arguments: ["souphttpclientsink", "curlhttpsink"]) func gstreamerPublishes(_ sink: String) async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            let url = try await Self.url(relay, "") + "?token=secret"
            let end =
                sink == "souphttpclientsink"
                ? ["souphttpclientsink", "location=\(url)"]
                : ["multipartmux", "boundary=gst", "!", "curlhttpsink", "location=\(url)", "content-type=multipart/x-mixed-replace"]
            _ = try bench.program(
                "gst-launch-1.0",
                ["-q", "videotestsrc", "is-live=true", "!", "video/x-raw,width=160,height=120,framerate=10/1", "!", "jpegenc", "!"] + end)
            try await Self.expectPictures(bench, relay)
        }
    }

    /// nginx as it is installed, with nothing but `proxy_pass` and the lines for WebSocket of its manual: the other relay's pictures pass.
    @Test func relaysMeetThroughNginx() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            let folder = try bench.folder()
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
            let port = try await FreePort.find()
            let text = """
                worker_processes 1;
                pid \(folder)/pid;
                error_log \(folder)/log;
                events {}
                http {
                    access_log off;
                    server {
                        listen 127.0.0.1:\(port);
                        location / {
                            proxy_pass http://127.0.0.1:\(try await relay.port());
                            proxy_http_version 1.1;
                            proxy_set_header Upgrade $http_upgrade;
                            proxy_set_header Connection "upgrade";
                        }
                    }
                }
                """
            let file = try bench.file(named: "nginx.conf", text: text)
            _ = try bench.program("/usr/sbin/nginx", ["-c", file, "-e", "\(folder)/log", "-g", "daemon off;"])
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20, size: 40_000))
            _ = try bench.relay("-p", "0", "--push", "ws://cam:secret@127.0.0.1:\(port)/garden/publish", camera.url)
            try await Self.expectPictures(bench, relay, 20)
        }
    }
}
