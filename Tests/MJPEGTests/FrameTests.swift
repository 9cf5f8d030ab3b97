import MJPEG
import NIOCore
import Testing

@Suite struct FrameTests {
    let jpeg = TestJPEG(width: 320, height: 240).bytes
    let timestamp = Timestamp(microseconds: 1_700_000_000_123_456)

    @Test func bothFormsOfAPartAreSlicesAroundTheSameJPEG() throws {
        let frame = try #require(Frame(jpeg: ByteBuffer(bytes: jpeg), timestamp: timestamp))
        let head = "Content-Type: image/jpeg\r\nContent-Length: \(jpeg.count)\r\nX-Timestamp: 1700000000.123456\r\n\r\n"
        let delimiter = "\r\n--\(WireFormat.boundary)\r\n"
        #expect(Array(frame.plainPart.readableBytesView) == Array(head.utf8) + jpeg + Array(delimiter.utf8))
        #expect(
            Array(frame.aheadPart.readableBytesView) == jpeg + Array((delimiter + "Content-Type: image/jpeg\r\n\r\n").utf8))
        #expect(Array(frame.jpeg.readableBytesView) == jpeg)
        let addresses = [frame.plainPart, frame.aheadPart, frame.jpeg].map { part in
            part.withUnsafeReadableBytes { Int(bitPattern: $0.baseAddress) }
        }
        #expect(addresses[0] + head.utf8.count == addresses[1])
        #expect(addresses[1] == addresses[2])
        #expect(frame.width == 320 && frame.height == 240 && frame.kind == .live && frame.jpegLength == jpeg.count)
    }

    @Test(arguments: [Frame.Kind.repeat, .placeholder]) func otherKindsAreNamedInThePlainHeader(kind: Frame.Kind) throws {
        let frame = try #require(Frame(jpeg: ByteBuffer(bytes: jpeg), timestamp: timestamp, kind: kind))
        #expect(String(buffer: frame.plainPart).contains("X-Timestamp: 1700000000.123456\r\nX-Frame-Kind: \(kind.rawValue)\r\n\r\n"))
        #expect(!String(buffer: frame.aheadPart).contains("X-Frame-Kind"))
    }

    @Test func aRepeatKeepsTheTimeAndThePicture() throws {
        let frame = try #require(Frame(jpeg: ByteBuffer(bytes: jpeg), timestamp: timestamp))
        let again = frame.repeated()
        #expect(again.kind == .repeat && again.timestamp == timestamp && again.width == 320 && again.height == 240)
        #expect(again.jpeg == frame.jpeg && again.aheadPart == frame.aheadPart)
    }

    @Test(arguments: [0, 1, 2, 3, 100, -1]) func whatIsNoWholeJPEGIsNoFrame(length: Int) {
        let cut = jpeg.prefix(length < 0 ? jpeg.count + length : length)
        #expect(Frame(jpeg: ByteBuffer(bytes: cut), timestamp: timestamp) == nil)
    }

    @Test func paddingBehindTheEndIsKept() throws {
        let padded = jpeg + [0, 0, 7]
        let frame = try #require(Frame(jpeg: ByteBuffer(bytes: padded), timestamp: timestamp))
        #expect(Array(frame.jpeg.readableBytesView) == padded)
    }

    @Test func theLongestHeaderFitsTheHeadroom() throws {
        let frame = try #require(
            Frame(jpeg: ByteBuffer(bytes: jpeg), timestamp: Timestamp(microseconds: .min), kind: .placeholder))
        #expect(String(buffer: frame.plainPart).hasPrefix("Content-Type: image/jpeg\r\n"))
    }

    @Test func theBoundaryNeedsNoQuotes() {
        #expect(!WireFormat.boundary.hasPrefix("-") && (1...70).contains(WireFormat.boundary.utf8.count))
        #expect(WireFormat.boundary.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        #expect(String(buffer: WireFormat.opening) == "--\(WireFormat.boundary)\r\n")
        #expect(String(buffer: WireFormat.aheadOpening) == "--\(WireFormat.boundary)\r\nContent-Type: image/jpeg\r\n\r\n")
    }
}
