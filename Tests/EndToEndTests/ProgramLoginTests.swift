import Foundation
import TestSupport
import Testing

/// The programs that make hashes of passwords, and those that people watch with, by login and by link.
@Suite struct ProgramLoginTests {
    private static func login(_ name: String, _ password: String) -> String {
        "Authorization: Basic \(Data("\(name):\(password)".utf8).base64EncodedString())"
    }

    /// The program, its arguments, and the word of its output that is the hash.
    private static let hashers: [(name: String, command: [String])] = [
        ("htpasswd", ["htpasswd", "-nbB", "x", "se cret:ü"]),
        ("htpasswd5", ["htpasswd", "-nbBC", "5", "x", "se cret:ü"]),
        ("yescrypt", ["mkpasswd", "-m", "yescrypt", "se cret:ü"]),
        ("scrypt", ["mkpasswd", "-m", "scrypt", "se cret:ü"]),
        ("sha512", ["mkpasswd", "-m", "sha512crypt", "se cret:ü"]),
        ("sha256", ["mkpasswd", "-m", "sha256crypt", "-R", "20000", "se cret:ü"]),
        ("bcrypt", ["mkpasswd", "-m", "bcrypt", "se cret:ü"]),
        ("bcrypta", ["mkpasswd", "-m", "bcrypt-a", "se cret:ü"]),
        ("openssl6", ["openssl", "passwd", "-6", "se cret:ü"]),
        ("openssl5", ["openssl", "passwd", "-5", "se cret:ü"]),
        ("python", ["/usr/bin/python3", "-c", "import bcrypt; print(bcrypt.hashpw('se cret:ü'.encode(), bcrypt.gensalt(6)).decode())"]),
        (
            "pythona",
            [
                "/usr/bin/python3", "-c",
                "import bcrypt; print(bcrypt.hashpw('se cret:ü'.encode(), bcrypt.gensalt(6, prefix=b'2a')).decode())",
            ]
        ),
        ("ours", ["/bin/sh", "-c", "printf 'se cret:ü\\n' | '\(RelayProcess.binary)' hash"]),
    ]

    private static func output(_ bench: Bench, _ command: [String]) async throws -> String {
        let program = try bench.program(command[0], Array(command.dropFirst()), environment: ["LC_ALL": "C.UTF-8"])
        #expect(try await program.exitStatus() == 0, "\(command[0]) says: \(program.errors.text)")
        return program.output.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func hashesOfEveryToolAreTaken() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            var users = ""
            for (name, command) in Self.hashers {
                let line = try await Self.output(bench, command)
                let hash = try #require(line.split(separator: ":").last)
                users += "  \(name): {password_hash: \"\(hash)\"}\n"
            }
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    trusted_proxies: 127.0.0.1
                    users:
                    \(users)
                    sources: {front: "\(camera.url)"}
                    """)
            for (number, (name, _)) in Self.hashers.enumerated() {
                func status(_ password: String) async throws -> Int {
                    let fields = [Self.login(name, password), "X-Forwarded-For: 192.0.2.\(number)"]
                    return try await bench.get("/front/healthz", from: relay, fields).status
                }
                try await eventually("\(name) is let in") { try await status("se cret:ü") == 200 }
                for wrong in ["se cret:u", "se cret:ü ", "se cret"] { #expect(try await status(wrong) == 401, "\(name) with \(wrong)") }
            }
        }
    }

    @Test func hashesThatCannotBeCheckedAreLinesOfTheFile() async throws {
        try await withBench { bench in
            for command in [
                ["htpasswd", "-nbm", "x", "secret"], ["htpasswd", "-nbs", "x", "secret"], ["htpasswd", "-nbd", "x", "secret"],
                ["openssl", "passwd", "-1", "secret"], ["openssl", "passwd", "-apr1", "secret"], ["mkpasswd", "-m", "nt", "secret"],
            ] {
                let hash = try #require(try await Self.output(bench, command).split(separator: ":").last)
                let file = try bench.file(
                    named: "relay.yaml", text: "users: {a: {password_hash: \"\(hash)\"}}\nsources: {front: http://192.0.2.1/}\n")
                let relay = try bench.relay("--check", "-c", file)
                #expect(try await relay.exitStatus() == 1)
                #expect(
                    relay.log.text.contains("relay.yaml:1:28: ") && relay.log.text.contains("make one with"),
                    "\(command): \(relay.log.text)")
                #expect(!relay.log.text.contains(hash))
            }
        }
    }

    /// A relay, and the addresses of its stream and its snapshot by login, by link, and by a link that is wrong by one letter, each with
    /// what clients append.
    private struct Doors {
        let relay: RelayProcess
        let good: [(stream: String, snapshot: String)]
        let wrong: (stream: String, snapshot: String)
    }

    private static func doors(_ bench: Bench) async throws -> Doors {
        let clip = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples/demo.mjpeg").standardized.path
        let file = try bench.file(
            named: "relay.yaml",
            text: """
                listen: 127.0.0.1:0
                users: {anna: {password: secret}}
                link_keys: {website: a key of the links}
                sources: {front: {url: "file:\(clip)", fps: 20}}
                """)
        let relay = try bench.relay("-d", "-c", file)
        let port = try await relay.port()
        func link(_ path: String) async throws -> String {
            try await output(bench, [RelayProcess.binary, "link", "-c", file, "http://127.0.0.1:\(port)/front/\(path)", "--for", "1h"])
        }
        func damaged(_ link: String) -> String { link.replacing(/sig=./) { $0.output == "sig=A" ? "sig=B" : "sig=A" } }
        let (stream, snapshot) = try await (link("stream"), link("snapshot"))
        let login = "http://anna:secret@127.0.0.1:\(port)/front"
        try await eventually("a picture") {
            try await bench.get("/front/snapshot", from: relay, [Self.login("anna", "secret")]).status == 200
        }
        return Doors(
            relay: relay,
            good: [
                ("\(login)/stream?_=17", "\(login)/snapshot?_=17"), (stream + "&_=17", snapshot + "&_=17"),
                (stream + "?17", snapshot + "?17"),
            ],
            wrong: (damaged(stream) + "&_=17", damaged(snapshot) + "&_=17"))
    }

    /// Runs a program; its exit status, 124 where it does not end.
    private static func run(_ bench: Bench, _ name: String, _ arguments: [String]) async throws -> (status: Int32, said: String) {
        let home = try bench.folder()
        let program = try bench.program("timeout", ["20", name] + arguments, environment: ["HOME": home, "XDG_RUNTIME_DIR": home])
        let status = try await program.exitStatus(within: .seconds(40))
        return (status, program.output.text + program.errors.text)
    }

    private static func ffmpeg(_ url: String) -> [String] { ["-nostdin", "-v", "error", "-i", url, "-frames:v", "5", "-f", "null", "-"] }

    private static func gstreamer(_ url: String) -> [String] {
        // It reads no login in an address.
        let plain = url.replacing("anna:secret@", with: "")
        let login = plain == url ? [] : ["user-id=anna", "user-pw=secret"]
        let source: [String] = ["-q", "souphttpsrc", "location=\(plain)"] + login
        return source + ["!", "multipartdemux", "!", "jpegdec", "!", "fakesink", "num-buffers=5"]
    }

    private static func mpv(_ url: String) -> [String] {
        ["--no-config", "--vo=null", "--ao=null", "--frames=5", "--msg-level=all=error", "--network-timeout=10", url]
    }

    @Test func ffmpegCurlGStreamerAndMpvWatchByLoginAndByLink() async throws {
        try await withBench { bench in
            let doors = try await Self.doors(bench)
            let streamers: [(name: String, arguments: (String) -> [String])] = [
                ("ffmpeg", Self.ffmpeg), ("gst-launch-1.0", Self.gstreamer), ("mpv", Self.mpv),
            ]
            for (stream, snapshot) in doors.good {
                for (name, arguments) in streamers {
                    let (status, said) = try await Self.run(bench, name, arguments(stream))
                    #expect(status == 0, "\(name) at \(stream): \(said)")
                }
                let folder = try bench.folder()
                let (status, said) = try await Self.run(bench, "curl", ["-sSf", "-o", "\(folder)/a.jpg", snapshot])
                #expect(status == 0, "\(said)")
                #expect(try Data(contentsOf: URL(filePath: "\(folder)/a.jpg")).starts(with: [0xFF, 0xD8]))
            }
            for (name, arguments) in streamers {
                let (status, _) = try await Self.run(bench, name, arguments(doors.wrong.stream))
                #expect(status != 0 && status != 124, "\(name) is let in, or waits: \(status)")
            }
            let (_, said) = try await Self.run(bench, "curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", doors.wrong.snapshot])
            #expect(said == "401")
            for secret in ["secret", "a key of the links", "sig="] { #expect(!doors.relay.log.text.contains(secret)) }
        }
    }

    private struct Watched: Decodable {
        let viewers: Int
        let framesOut: Int
    }

    /// VLC tells nothing by its exit status: what it has taken counts.
    @Test func vlcWatchesByLoginAndByLink() async throws {
        try await withBench { bench in
            let doors = try await Self.doors(bench)
            func watched() async throws -> Watched {
                try await bench.get("/front/status?format=json", from: doors.relay, [Self.login("anna", "secret")]).json(Watched.self)
            }
            for (stream, _) in doors.good {
                let before = try await watched().framesOut
                let home = try bench.folder()
                chmod(home, 0o777)
                // It does not run as root.
                let player = try bench.program(
                    "setpriv",
                    [
                        "--reuid=65534", "--regid=65534", "--clear-groups", "cvlc", "-q", "--no-audio", "--vout=dummy",
                        "--http-forward-cookies", stream,
                    ],
                    environment: ["HOME": home, "XDG_RUNTIME_DIR": home])
                try await eventually("VLC watches \(stream): \(player.errors.text)") {
                    let now = try await watched()
                    return now.viewers == 1 && now.framesOut >= before + 20
                }
                player.end()
                try await eventually("VLC is gone") { try await watched().viewers == 0 }
            }
        }
    }

    /// Every character of a link, changed in every place.
    @Test func oneChangedByteOfALinkIs401() async throws {
        try await withBench { bench in
            let doors = try await Self.doors(bench)
            let link = try #require(doors.good.dropFirst().first?.snapshot)
            let target = String(link[try #require(link.firstRange(of: "/front/")).lowerBound...])
            #expect(try await bench.get(target, from: doors.relay).status == 200)
            let query = try #require(target.firstRange(of: "?")?.upperBound)
            let end = try #require(target.firstRange(of: "&_=")?.lowerBound)
            let viewer = try await bench.viewer(of: doors.relay)
            for index in target[query..<end].indices {
                let isLast = target.index(after: index) == end
                // Of the last character, only some bits count, so that all others are tried.
                for letter in isLast ? Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~") : ["A", "0", "."] {
                    guard letter != target[index] else { continue }
                    var changed = target
                    changed.replaceSubrange(index...index, with: String(letter))
                    try await viewer.ask(changed)
                    #expect(try await viewer.reply().status == 401, "\(changed)")
                }
                var cut = target
                cut.remove(at: index)
                try await viewer.ask(cut)
                #expect(try await viewer.reply().status == 401, "\(cut)")
            }
        }
    }
}
