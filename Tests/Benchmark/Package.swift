// swift-tools-version: 6.2
import PackageDescription

/// What the assembler costs, in instructions per byte; `./run` measures it. The sources are the program's own, by links.
let package = Package(
    name: "Benchmark",
    dependencies: [.package(url: "https://github.com/apple/swift-nio", from: "2.101.0")],
    targets: [
        .target(name: "Text"),
        .target(name: "MJPEG", dependencies: ["Text", .product(name: "NIOCore", package: "swift-nio")]),
        .executableTarget(name: "Assemble", dependencies: ["MJPEG", .product(name: "NIOCore", package: "swift-nio")]),
    ]
)
