// swift-tools-version: 6.2
import PackageDescription

/// What holds for every target of ours: warnings are errors.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "mjpeg-relay",
    products: [
        .executable(name: "mjpeg-relay", targets: ["mjpeg-relay"])
    ],
    dependencies: [
        // Sockets, event loops, the server side of HTTP/1 and WebSocket.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        // Cameras and viewers over https.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        // Programs as cameras; without traits it brings no Foundation.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
        // Logs, with one interface for every level and format.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        // Signals as an asynchronous sequence (UnixSignals).
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // The command line.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: [
        // Debian's libyaml, for its document API: it keeps line and column of every node.
        .systemLibrary(
            name: "CLibYAML",
            pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"])]
        ),
        // Debian's nettle, for digests: a Swift package for them would compile a second BoringSSL, minutes of a first build.
        .systemLibrary(
            name: "CNettle",
            pkgConfig: "nettle",
            providers: [.apt(["nettle-dev"])]
        ),
        // libxcrypt's crypt(3), for viewers' passwords; it comes with every Debian compiler.
        .systemLibrary(
            name: "CCrypt",
            pkgConfig: "libcrypt",
            providers: [.apt(["libcrypt-dev"])]
        ),
        // Viewers' logins, signed links and cookies, as values.
        .target(name: "Accounts", dependencies: ["CCrypt", "Digests", "Text"], swiftSettings: strict),
        // MD5 and SHA-256 of Digest logins and certificates, SHA-1 of WebSocket handshakes, entity tags of the pages' files.
        .target(name: "Digests", dependencies: ["CNettle"], swiftSettings: strict),
        // Bytes and text: ASCII, escapes, Base64, the system's words, logins that must not show. Depends on nothing.
        .target(name: "Text", swiftSettings: strict),
        // Certificates and keys in files, read and checked. No networks.
        .target(
            name: "Certificates",
            dependencies: ["Digests", "Text", .product(name: "NIOSSL", package: "swift-nio-ssl")],
            swiftSettings: strict
        ),
        // A camera's address as a checked value. No networks.
        .target(name: "CameraURL", dependencies: ["Text"], swiftSettings: strict),
        // The format: frames, parts, delimiters, JPEG markers. Values only.
        .target(
            name: "MJPEG",
            dependencies: ["Text", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: strict
        ),
        // When a viewer is sent the next frame: a value that reckons what a path bears. No clock, no sockets.
        .target(name: "Pacing", swiftSettings: strict),
        // One camera: connect, log in, read leniently, deliver frames. No names, routes or viewers.
        .target(
            name: "CameraClient",
            dependencies: [
                "CameraURL",
                "Certificates",
                "Digests",
                "MJPEG",
                "Text",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: strict
        ),
        // relay.yaml as a checked value. No networks.
        .target(
            name: "RelayConfiguration",
            dependencies: [
                "Accounts", "CLibYAML", "CameraURL", "Certificates", "MJPEG", "Text", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        // Supervisor, sources, hubs, HTTP server, status. Parses no YAML.
        .target(
            name: "Relay",
            dependencies: [
                "Accounts",
                "CameraClient",
                "CameraURL",
                "Certificates",
                "Digests",
                "MJPEG",
                "Pacing",
                "RelayConfiguration",
                "Text",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            // In the code, since a bundle would bring full Foundation.
            resources: [
                .embedInCode("Hub/no-signal.jpg"),
                .embedInCode("Hub/switched-off.jpg"),
                .embedInCode("Hub/ended.jpg"),
                .embedInCode("Pages/relay.css"),
                .embedInCode("Pages/icon.svg"),
                .embedInCode("Pages/address.js"),
                .embedInCode("Pages/clock.js"),
                .embedInCode("Pages/contact.js"),
                .embedInCode("Pages/dashboard.js"),
                .embedInCode("Pages/embed.js"),
                .embedInCode("Pages/freshness.js"),
                .embedInCode("Pages/lines.js"),
                .embedInCode("Pages/marks.js"),
                .embedInCode("Pages/picture.js"),
                .embedInCode("Pages/player.js"),
                .embedInCode("Pages/players.js"),
                .embedInCode("Pages/poll.js"),
                .embedInCode("Pages/refusal.js"),
                .embedInCode("Pages/status.js"),
                .embedInCode("Pages/text.js"),
                .embedInCode("Pages/tile.js"),
                .embedInCode("Pages/view.js"),
                .embedInCode("Pages/visibility.js"),
                .embedInCode("Pages/wording.js"),
                .embedInCode("Pages/worker.js"),
            ],
            swiftSettings: strict
        ),
        // Arguments, logging, signals.
        .executableTarget(
            name: "mjpeg-relay",
            dependencies: [
                "Accounts",
                "CameraClient",
                "CameraURL",
                "Certificates",
                "MJPEG",
                "Relay",
                "RelayConfiguration",
                "Text",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        // What the tests of several targets need: seeded random numbers, pictures, a camera, waiting.
        .target(
            name: "TestSupport",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/Support",
            swiftSettings: strict
        ),
        .testTarget(name: "AccountsTests", dependencies: ["Accounts"], swiftSettings: strict),
        .testTarget(
            name: "CertificatesTests", dependencies: ["Certificates", "TestSupport"], swiftSettings: strict
        ),
        .testTarget(name: "DigestsTests", dependencies: ["Digests", "Text"], swiftSettings: strict),
        .testTarget(name: "TextTests", dependencies: ["Text"], swiftSettings: strict),
        .testTarget(name: "PacingTests", dependencies: ["Pacing", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "MJPEGTests",
            dependencies: ["MJPEG", "TestSupport", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CameraClientTests",
            dependencies: [
                "CameraClient", "CameraURL", "Certificates", "Digests", "MJPEG", "TestSupport", "Text",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "CameraURLTests", dependencies: ["CameraURL", "Text"], swiftSettings: strict),
        .testTarget(
            name: "RelayConfigurationTests",
            dependencies: ["Accounts", "CameraURL", "Certificates", "RelayConfiguration", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RelayTests",
            dependencies: [
                "Accounts", "CameraClient", "CameraURL", "Certificates", "MJPEG", "Pacing", "Relay", "RelayConfiguration", "TestSupport",
                "Text",
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        // The real binary, over real sockets, with real programs. It is found in MJPEG_RELAY_BINARY, else in the build folder.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
    ]
)
