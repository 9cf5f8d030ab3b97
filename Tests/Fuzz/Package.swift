// swift-tools-version: 6.2
import PackageDescription

/// Fuzzing of everything that reads a camera's bytes; `./run` builds and runs it. The sources are the program's own, by links.
let traced: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-O"])]
let driven: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]

let package = Package(
    name: "Fuzz",
    dependencies: [.package(url: "https://github.com/apple/swift-nio", from: "2.101.0")],
    targets: [
        .target(name: "CFuzzer"),
        .target(name: "Text", swiftSettings: traced),
        .target(name: "CameraURL", dependencies: ["Text"], swiftSettings: traced),
        .target(name: "MJPEG", dependencies: ["Text", .product(name: "NIOCore", package: "swift-nio")], swiftSettings: traced),
        .target(
            name: "Reading", dependencies: ["CameraURL", "MJPEG", "Text", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: traced),
        .executableTarget(name: "FuzzAssembler", dependencies: ["CFuzzer", "MJPEG"], linkerSettings: driven),
        .executableTarget(name: "FuzzHead", dependencies: ["CFuzzer", "Reading", "Text"], linkerSettings: driven),
        .executableTarget(name: "FuzzChallenge", dependencies: ["CFuzzer", "Reading", "Text"], linkerSettings: driven),
        .executableTarget(
            name: "FuzzPublished",
            dependencies: ["CFuzzer", "MJPEG", "Reading", "Text", .product(name: "NIOEmbedded", package: "swift-nio")],
            linkerSettings: driven),
    ]
)
