// swift-tools-version: 6.2
import PackageDescription

// The benchmark of mjpeg-relay: a package of its own, so that neither the program nor its tests depend on it.
let package = Package(
    name: "performance",
    targets: [
        .target(name: "CLinux"),
        .executableTarget(name: "performance", dependencies: ["CLinux"], swiftSettings: [.treatAllWarnings(as: .error)]),
    ]
)
