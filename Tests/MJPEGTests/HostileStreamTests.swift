import MJPEG
import NIOCore
import TestSupport
import Testing

/// Cameras that send without end, without sense or with intent.
@Suite struct HostileStreamTests {
    static let limit = 256 << 10
    static let start = Array("--x\r\nContent-Type: image/jpeg\r\n\r\n".utf8)

    /// Feeds `opening`, then `block` for ever, until the assembler gives up; nil when it goes on beyond `bytes`.
    func feed(_ opening: [UInt8], _ block: [UInt8], bytes: Int = 4 << 20) -> AssemblyError? {
        var assembler = FrameAssembler(
            layout: .multipart(boundary: "x"), maxFrameSize: HostileStreamTests.limit, bytesWithoutPicture: 256 << 10)
        var big: [UInt8] = []
        while big.count < 64 << 10 { big += block }
        do {
            var input = ByteBuffer(bytes: opening)
            while try assembler.append(&input, timestamp: Timestamp(microseconds: 0)) != nil {}
            var fed = 0
            while fed < bytes {
                var input = ByteBuffer(bytes: big)
                while try assembler.append(&input, timestamp: Timestamp(microseconds: 0)) != nil {}
                fed += big.count
            }
            return nil
        } catch {
            return error
        }
    }

    @Test func anEndlessHeaderLineEndsIt() {
        #expect(feed(Array("--x\r\nX: ".utf8), [0x41]) == .headerLineTooLong)
    }

    @Test func endlessDelimitersEndIt() {
        #expect(feed([], Array("--".utf8)) == .headerLineTooLong)
        #expect(feed([], Array("--x\r\n".utf8)) == .headerTooLong)
    }

    @Test func anEndlessHeaderEndsIt() {
        #expect(feed(Array("--x\r\n".utf8), Array("X-A: b\r\n".utf8)) == .headerTooLong)
    }

    @Test(arguments: [[UInt8](repeating: 0x41, count: 10), [0xFF, 0], [0xFF, 0xD0], [0xFF]]) func anEndlessPictureEndsIt(block: [UInt8]) {
        let head = TestJPEG().bytes.dropLast(2)
        #expect(feed(HostileStreamTests.start + head, block) == .frameTooLarge(limit: HostileStreamTests.limit))
    }

    @Test func endlessSegmentsEndIt() {
        let opening = HostileStreamTests.start + [0xFF, 0xD8]
        #expect(
            feed(opening, TestJPEG.segment(0xFE, Array("\r\n--x\r\n\r\n\u{0}".utf8))) == .frameTooLarge(limit: HostileStreamTests.limit))
    }

    @Test(arguments: [
        [0], [0x41, 0x0A], Array("--x\r\n\r\n".utf8), Array("--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n".utf8), [0xFF, 0xD8],
        Array("<html>\r\n".utf8), [0xFF, 0xD8, 0xFF], [0xFF, 0xD8, 0xFF, 0xD9],
        Array("--x\r\n\r\n".utf8) + [0xFF, 0xD8, 0xFF, 0xE0, 0, 9, 1],
    ]) func aStreamWithoutPicturesEnds(block: [UInt8]) {
        guard case .noPicture(let bytes) = feed([], block) else {
            Issue.record("it went on")
            return
        }
        #expect(bytes < (2 << 20))
    }

    @Test func aLengthBeyondTheLimitTakesNoMemory() throws {
        var assembler = FrameAssembler(layout: .detect, maxFrameSize: 16 << 20)
        for length in ["16777216", "4294967295", "18446744073709551616", "-16777216"] {
            var input = ByteBuffer(string: "--x\r\nContent-Type: image/jpeg\r\nContent-Length: \(length)\r\n\r\n")
            input.writeBytes(Stream.jpegs[0])
            input.writeString("\r\n--x\r\n")
            let frame = try #require(try assembler.append(&input, timestamp: Timestamp(microseconds: 0)))
            #expect(frame.plainPart.storageCapacity <= 4 << 20)
        }
    }

    @Test func aFrameAsLargeAsTheLimitGoesOut() throws {
        let jpeg = TestJPEG(entropyLength: 3000).bytes
        for layout in [FrameAssembler.Layout.jpegs, .multipart(boundary: "x")] {
            let stream = layout == .jpegs ? jpeg : HostileStreamTests.start + jpeg
            #expect(try assemble(stream, layout, splits: [], maxFrameSize: jpeg.count).jpegs == [jpeg])
            #expect(throws: AssemblyError.frameTooLarge(limit: jpeg.count - 1)) {
                try assemble(stream, layout, splits: [], maxFrameSize: jpeg.count - 1)
            }
        }
    }

    @Test func errorsNameTheFix() {
        #expect(
            AssemblyError.frameTooLarge(limit: 7).description
                == "a frame is larger than 7 bytes; if the camera is right, raise max_frame_size")
        for error in [AssemblyError.headerLineTooLong, .headerTooLong, .noPicture(bytes: 3)] {
            #expect(error.description.first?.isLowercase == true)
        }
    }

    /// Mutates valid streams; whatever comes out must be whole pictures.
    @Test(arguments: 0..<8) func mutatedStreamsGiveOnlyWholePictures(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        let streams = Stream.boundaries + Stream.parts
        var delivered = 0
        for _ in 0..<300 {
            let stream = try #require(streams.randomElement(using: &generator))
            var bytes = stream.bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&bytes, &generator) }
            let size = Int.random(in: 1...300, using: &generator)
            guard let result = try? assemble(bytes, stream.layout, splits: stride(from: size, to: bytes.count, by: size)) else { continue }
            for (jpeg, frame, _) in result.frames {
                delivered += 1
                #expect(isWhole(jpeg, endsHere: result.assembler.quirks.contains(.noEndOfImage)))
                #expect(frame.jpegLength == jpeg.count && frame.width > 0 && frame.height > 0)
            }
        }
        #expect(delivered > 200)
    }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededRandom) {
        guard bytes.count > 8 else { return }
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        let other = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.removeSubrange(min(index, other)..<min(min(index, other) + 60, max(index, other)))
        case 3: bytes.insert(contentsOf: Array(bytes[min(index, other)..<max(index, other)].prefix(100)), at: index)
        case 4:
            bytes.insert(
                contentsOf: [[0xFF], [0xFF, 0xD8, 0xFF], [0xFF, 0xD9], Array("\r\n--".utf8)].randomElement(using: &generator) ?? [],
                at: index)
        default: bytes.removeLast(min(bytes.count - 8, other))
        }
    }

    /// A walk reaches the end of image, or, where a length said so, the end of the bytes within a scan.
    private func isWhole(_ jpeg: [UInt8], endsHere: Bool) -> Bool {
        var walker = JPEGWalker()
        switch jpeg.withUnsafeBytes({ walker.walk($0) }) {
        case .end: return walker.isPicture
        case .more: return endsHere && walker.isPicture
        case .invalid: return false
        }
    }
}
