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
        // Cameras over https.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        // Programs as cameras; without traits it brings no Foundation.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
        // MD5 and SHA-256 of Digest logins and certificates, SHA-1 of WebSocket handshakes, entity tags of the pages' files.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
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
        // Bytes and text: ASCII, escapes, Base64, the system's words, logins that must not show. Depends on nothing.
        .target(name: "Text", swiftSettings: strict),
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
                "MJPEG",
                "Text",
                .product(name: "Crypto", package: "swift-crypto"),
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
            dependencies: ["CLibYAML", "CameraURL", "MJPEG", "Text", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: strict
        ),
        // Supervisor, sources, hubs, HTTP server, status. Parses no YAML.
        .target(
            name: "Relay",
            dependencies: [
                "CameraClient",
                "CameraURL",
                "MJPEG",
                "Pacing",
                "RelayConfiguration",
                "Text",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
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
                "CameraClient",
                "CameraURL",
                "MJPEG",
                "Relay",
                "RelayConfiguration",
                "Text",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
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
                "CameraClient", "CameraURL", "MJPEG", "TestSupport", "Text",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "CameraURLTests", dependencies: ["CameraURL", "Text"], swiftSettings: strict),
        .testTarget(
            name: "RelayConfigurationTests",
            dependencies: ["CameraURL", "RelayConfiguration", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RelayTests",
            dependencies: [
                "CameraClient", "MJPEG", "Pacing", "Relay", "RelayConfiguration", "TestSupport",
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
