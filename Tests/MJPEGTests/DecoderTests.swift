import Foundation
import MJPEG
import TestSupport
import Testing

/// What libjpeg-turbo's `djpeg` shows is passed on, and without an end of image only what it shows to the last line.
///
/// `djpeg` and its companions are in Debian's package libjpeg-turbo-progs.
@Suite struct DecoderTests {
    static let first = TestPicture.jpeg(1)
    static let last = TestPicture.jpeg(2)

    /// Pictures of every coding that `jpegtran` can make of those that the tests make.
    static let originals: [[UInt8]] = {
        let coded = CodedJPEG.kinds.map { $0.bytes() } + [TestPicture.jpeg(3, size: 900)]
        let ways = [["-progressive"], ["-optimize", "-restart", "1"], ["-arithmetic"]]
        return coded + coded.prefix(5).flatMap { jpeg in ways.compactMap { try? run("jpegtran", $0, jpeg).output } }
    }()

    @Test func everyCodingIsAmongThem() {
        #expect(Self.originals.count == 9 + 15)
        #expect(Self.originals.allSatisfy { Self.judge($0) == .complete })
    }

    @Test(arguments: 0..<8) func whatADecoderShowsGoesOut(slice: Int) throws {
        var shown = 0
        for seed in (slice * 60)..<(slice * 60 + 60) {
            let jpeg = Mutation.picture(of: Self.originals, seed: UInt64(seed))
            guard Self.judge(jpeg) == .complete else { continue }
            shown += 1
            for hasLength in [true, false] {
                let frames = try relay(jpeg, hasLength: hasLength)
                #expect(frames.first == Self.first && frames.last == Self.last, "seed \(seed)")
                // Without a length, what stands behind the end of image belongs to nobody.
                let isThere = frames.contains { hasLength ? $0 == jpeg : jpeg.starts(with: $0) && Self.judge($0) == .complete }
                #expect(isThere, "seed \(seed), \(hasLength ? "with" : "without") a length")
            }
        }
        #expect(shown > 15)
    }

    @Test(arguments: 0..<8) func withoutAnEndOfImageWhatADecoderShowsToTheLastLineGoesOut(slice: Int) throws {
        var counts = [Judgement: Int]()
        for seed in (slice * 60)..<(slice * 60 + 60) {
            let jpeg = Mutation.endless(of: Self.originals, seed: UInt64(seed))
            // The decoder is told that the picture ends, since it warns of each that does not.
            let judgement = Self.judge(jpeg + [0xFF, 0xD9])
            counts[judgement, default: 0] += 1
            let frames = try relay(jpeg, hasLength: true)
            #expect(frames.first == Self.first && frames.last == Self.last, "seed \(seed)")
            switch judgement {
            case .complete: #expect(frames.contains(jpeg), "seed \(seed)")
            // Of other codings than the sequential one, nobody but a whole decoder knows; a right length is enough then.
            case .cut where Self.isSequential(jpeg): #expect(frames == [Self.first, Self.last], "seed \(seed)")
            case .cut, .refused: break
            }
        }
        #expect(counts[.complete, default: 0] > 5 && counts[.cut, default: 0] > 5)
    }

    /// The frames that come of a picture between two others, each a part.
    private func relay(_ jpeg: [UInt8], hasLength: Bool) throws -> [[UInt8]] {
        var stream = Stream("")
        for picture in [Self.first, jpeg, Self.last] {
            stream = stream.text("--frame of test\r\n" + (hasLength ? Stream.header(picture) : "Content-Type: image/jpeg\r\n\r\n"))
                .bytes(picture).text("\r\n")
        }
        stream = stream.text("--frame of test\r\n")
        return try assemble(stream.bytes, .multipart(boundary: "frame of test"), splits: []).jpegs
    }
}

extension DecoderTests {
    /// What a decoder makes of a picture.
    enum Judgement {
        /// It shows all of it.
        case complete
        /// It shows the beginning, and grey or the last rows again in place of the rest.
        case cut
        case refused
    }

    static func judge(_ jpeg: [UInt8]) -> Judgement {
        // Told to be talkative, since it keeps all warnings but the first to itself.
        guard let result = try? run("djpeg", ["-verbose", "-verbose", "-verbose", "-outfile", "/dev/null"], jpeg) else { return .refused }
        guard result.status == 0 || result.status == 2 else { return .refused }
        return result.errors.lowercased().contains("premature end") ? .cut : .complete
    }

    private static func isSequential(_ jpeg: [UInt8]) -> Bool {
        Stream.segmentPlaces(jpeg).contains { jpeg.dropFirst($0).starts(with: [0xFF, 0xC0]) }
    }

    /// Runs a program over bytes. Input and messages go through files, so that no pipe can fill up.
    static func run(_ program: String, _ arguments: [String], _ input: [UInt8]) throws -> (status: Int32, output: [UInt8], errors: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = ["input", "output", "errors"].map { folder.appendingPathComponent($0) }
        try Data(input).write(to: names[0])
        for name in names.dropFirst() { try Data().write(to: name) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = try FileHandle(forReadingFrom: names[0])
        process.standardOutput = try FileHandle(forWritingTo: names[1])
        process.standardError = try FileHandle(forWritingTo: names[2])
        try process.run()
        process.waitUntilExit()
        return (
            process.terminationStatus, Array(try Data(contentsOf: names[1])),
            String(decoding: try Data(contentsOf: names[2]), as: UTF8.self)
        )
    }
}
