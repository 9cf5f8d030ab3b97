import MJPEG
import NIOCore
import Testing

@Suite struct FrameAssemblerTests {
    /// All that must come out whole.
    static let whole = Stream.boundaries + Stream.parts + Stream.lenient + Stream.endless + Stream.lengths

    @Test(arguments: whole + Stream.broken + Stream.cuts) func aStreamGivesItsFrames(stream: Stream) throws {
        let whole = try assemble(stream.bytes, stream.layout, splits: [])
        #expect(whole.jpegs == stream.frames)
        #expect(whole.assembler.framesDropped == stream.dropped)
        for quirk in stream.quirks { #expect(whole.assembler.quirks.contains(quirk), "\(quirk.names)") }
    }

    @Test(arguments: whole + Stream.broken + Stream.cuts) func aFrameIsOutWithItsLastByte(stream: Stream) throws {
        let whole = try assemble(stream.bytes, stream.layout, splits: [])
        let single = try assemble(stream.bytes, stream.layout, splits: 1..<stream.bytes.count)
        #expect(single.jpegs == stream.frames)
        // That a length was too large shows only where the delimiter was not swallowed by half.
        #expect(single.assembler.quirks.union(.lengthTooLarge) == whole.assembler.quirks.union(.lengthTooLarge))
        #expect(single.assembler.framesDropped == whole.assembler.framesDropped)
        for (frame, moment) in zip(single.frames, stream.moments) where moment != nil { #expect(frame.offset == moment) }
    }

    @Test(arguments: Stream.boundaries + Stream.parts + Stream.lenient + Stream.endless(0) + Stream.endless(2) + Stream.lengths)
    func everySplitGivesTheSame(stream: Stream) throws {
        let edges = try assemble(stream.bytes, stream.layout, splits: 1..<stream.bytes.count).frames.compactMap(\.offset)
        for split in 1..<stream.bytes.count {
            // Inside of pictures, where all streams are alike, each stream takes another third of the splits.
            let isAtEdge = split < 80 || edges.contains { (-6...80).contains(split - $0) }
            guard isAtEdge || split % 3 == stream.name.utf8.count % 3 else { continue }
            let halves = try assemble(stream.bytes, stream.layout, splits: [split])
            try #require(halves.jpegs == stream.frames, "split at \(split)")
        }
    }

    @Test(arguments: Stream.broken + Stream.cuts) func piecesGiveTheSame(stream: Stream) throws {
        for first in [1, 4, 7] {
            let pieces = try assemble(stream.bytes, stream.layout, splits: stride(from: first, to: stream.bytes.count, by: 7))
            try #require(pieces.jpegs == stream.frames, "pieces from \(first)")
            #expect(pieces.assembler.framesDropped == stream.dropped)
        }
    }

    @Test func aBrokenFrameHeaderHidesNoPictureHoweverTheBytesCome() throws {
        let broken: [UInt8] = [0xFF, 0xD8, 0xFF, 0xC0, 0xFF, 0xD9]
        let stream = broken + Stream.jpegs[0]
        for size in 1...stream.count {
            let result = try assemble(stream, .jpegs, splits: stride(from: size, to: stream.count, by: size))
            #expect(result.jpegs == [Stream.jpegs[0]], "pieces of \(size)")
        }
    }

    @Test func lengthsAreBelievedUntilOneIsWrong() throws {
        let jpeg = Stream.jpegs[0]
        func part(_ length: Int, _ more: [UInt8]) -> [UInt8] {
            Array("\r\n--x\r\nContent-Length: \(length)\r\n\r\n".utf8) + jpeg + more
        }
        let stream = part(jpeg.count + 2, [7, 8]) + part(jpeg.count + 90, []) + part(jpeg.count + 2, [7, 8]) + part(jpeg.count, [])
        let result = try assemble(stream, .multipart(boundary: "x"), splits: 1..<stream.count)
        #expect(result.jpegs == [jpeg + [7, 8], jpeg, jpeg, jpeg])
    }

    @Test func whatARelayBeforeThisOneSaysIsPassedOn() throws {
        var stream = Array(WireFormat.opening.readableBytesView)
        for (index, kind) in [Frame.Kind.live, .repeat, .placeholder].enumerated() {
            let sent = try #require(
                Frame(jpeg: ByteBuffer(bytes: Stream.jpegs[index]), timestamp: Timestamp(microseconds: 5_000_001), kind: kind))
            stream += Array(sent.plainPart.readableBytesView)
        }
        let result = try assemble(stream, .multipart(boundary: WireFormat.boundary), splits: [])
        #expect(result.jpegs == Stream.jpegs)
        #expect(result.frames.map(\.frame.kind) == [.live, .repeat, .placeholder])
        #expect(result.frames.allSatisfy { $0.frame.upstreamTimestamp == Timestamp(microseconds: 5_000_001) })
        #expect(result.frames.allSatisfy { $0.frame.timestamp == Timestamp(microseconds: 1) })
        #expect(result.assembler.quirks.isEmpty)
        #expect(result.assembler.learntBoundary == WireFormat.boundary)
    }

    @Test func bothFormsOfOurOwnStreamAreRead() throws {
        var stream = Array(WireFormat.aheadOpening.readableBytesView)
        for jpeg in Stream.jpegs {
            stream += Array(
                try #require(Frame(jpeg: ByteBuffer(bytes: jpeg), timestamp: Timestamp(microseconds: 1))).aheadPart.readableBytesView)
        }
        let result = try assemble(stream, .multipart(boundary: WireFormat.boundary), splits: 1..<stream.count)
        #expect(result.jpegs == Stream.jpegs)
        #expect(result.assembler.quirks == .noContentLength)
    }

    @Test func theSizeOfThePictureIsRead() throws {
        let jpegs = [TestJPEG(width: 640, height: 480).bytes, TestJPEG(width: 65535, height: 1, isProgressive: true).bytes]
        let result = try assemble(jpegs.flatMap { $0 }, .detect, splits: [])
        #expect(result.frames.map(\.frame.width) == [640, 65535])
        #expect(result.frames.map(\.frame.height) == [480, 1])
    }

    @Test func quirksAreNamedInPlainWords() {
        #expect(Quirks([.noContentLength, .undeclaredBoundary]).names == ["undeclared boundary", "no Content-Length"])
        #expect(Quirks(rawValue: (1 << 22) - 1).names.count == 22)
    }
}
