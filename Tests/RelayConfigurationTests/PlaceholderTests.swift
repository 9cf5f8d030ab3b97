import Foundation
import NIOCore
import Testing

@testable import RelayConfiguration

/// The picture that a file brings for a lost camera.
@Suite final class PlaceholderTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("relay-\(UUID().uuidString)").path
    private let picture: Data

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        picture = try Data(contentsOf: top.appending(path: "Sources/Relay/Hub/no-signal.jpg"))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func parse(_ text: String) throws(ConfigurationError) -> RelayConfiguration {
        try RelayConfiguration.parse(Array(text.utf8), file: "relay.yaml", folder: folder, environment: [:])
    }

    private func problems(_ text: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try parse(text)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    private func write(_ content: Data, to name: String) throws {
        try content.write(to: URL(filePath: "\(folder)/\(name)"))
    }

    @Test func pictureIsReadWithTheFile() throws {
        try write(picture, to: "away.jpg")
        let text = "sources: {a: {url: http://h/, placeholder: away.jpg}, b: http://h/}\ndefaults: {placeholder: \(folder)/away.jpg}"
        let sources = try parse(text).sources
        #expect(sources.map { $0.placeholder?.jpeg } == [ByteBuffer(bytes: picture), ByteBuffer(bytes: picture)])
        #expect(try parse("sources: {a: http://h/}").sources[0].placeholder == nil)
    }

    /// What a reload compares: the same path with another picture is another configuration, another path with the same is not.
    @Test func configurationsDifferByTheirPictures() throws {
        try write(picture, to: "away.jpg")
        try write(picture, to: "other.jpg")
        let text = "sources: {a: {url: http://h/, placeholder: away.jpg}}"
        let first = try parse(text)
        #expect(try parse(text) == first)
        #expect(try parse(text.replacing("away", with: "other")) == first)
        // Behind its end a picture may hold anything.
        try write(picture + [0], to: "away.jpg")
        #expect(try parse(text) != first)
    }

    @Test(arguments: [
        ("missing", "there is no such file"), ("folder", "this is a directory, not a file"), ("pipe", "this is not a regular file"),
        ("empty", "the file is no JPEG picture"), ("text", "the file is no JPEG picture"), ("png", "the file is no JPEG picture"),
        ("cut", "the file is no JPEG picture"), ("zeros", "the file is no JPEG picture"), ("large", "the picture is larger than 1MiB"),
        ("endless", "this is not a regular file"), ("'a/../folder/x.jpg'", "there is no such file"), ("''", "this is no path"),
    ])
    func whatIsNoPictureIsToldWithItsPlace(name: String, message: String) throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/folder", withIntermediateDirectories: true)
        #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
        try write(Data(), to: "empty")
        try write(Data("no picture".utf8), to: "text")
        try write(Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) + picture, to: "png")
        try write(picture.prefix(picture.count / 2), to: "cut")
        try write(Data(count: 1000), to: "zeros")
        try write(picture + Data(count: (1 << 20) + 1 - picture.count), to: "large")
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/endless", withDestinationPath: "/dev/zero")
        #expect(
            problems("sources:\n  a: {url: http://h/, placeholder: \(name)}") == [
                "relay.yaml:2:36: 'placeholder' in source 'a': \(message)"
            ])
        #expect(
            problems("sources: {a: http://h/, b: http://h/}\ndefaults:\n  placeholder: \(name)") == [
                "relay.yaml:3:16: 'placeholder' in 'defaults': \(message)"
            ])
    }

    @Test func pictureOfExactlyTheLimitIsTaken() throws {
        try write(picture + Data(count: (1 << 20) - picture.count), to: "full.jpg")
        #expect(try parse("sources: {a: {url: http://h/, placeholder: full.jpg}}").sources[0].placeholder?.jpeg.readableBytes == 1 << 20)
    }
}
