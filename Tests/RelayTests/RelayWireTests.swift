import MJPEG
import NIOCore
import Testing

@testable import Relay

/// What relays say to each other while one publishes to the other.
@Suite struct RelayWireTests {
    @Test func aFrameComesBackAsItWas() throws {
        let time = Timestamp(microseconds: 1_700_000_000_123_456)
        let frame = try #require(Frame(jpeg: Placeholder.noSignal, timestamp: time))
        var buffer = ByteBuffer()
        RelayWire.write(frame, sequence: .max, into: &buffer)
        #expect(buffer.readableBytes == RelayWire.prefixBytes + frame.jpegLength)
        let message = try #require(RelayWire.read(buffer))
        #expect(message == RelayWire.Message(kind: .live, sequence: .max, time: time, jpeg: frame.jpeg))
        var again = ByteBuffer()
        RelayWire.write(frame.repeated(), sequence: 7, into: &again)
        #expect(RelayWire.read(again)?.kind == .repeat)
        for length in 0..<RelayWire.prefixBytes { #expect(RelayWire.read(buffer.getSlice(at: 0, length: length) ?? ByteBuffer()) == nil) }
        buffer.setInteger(UInt8(2), at: 0)
        #expect(RelayWire.read(buffer) == nil)
    }

    @Test func acknowledgementsHaveEightBytes() {
        #expect(RelayWire.acknowledged(RelayWire.acknowledgement(of: 0x0102_0304_0506_0708)) == 0x0102_0304_0506_0708)
        #expect(RelayWire.acknowledged(ByteBuffer(bytes: [1, 2, 3, 4, 5, 6, 7])) == nil)
        #expect(RelayWire.acknowledged(ByteBuffer(bytes: [UInt8](repeating: 1, count: 9))) == nil)
    }

    @Test func wishesComeBackAsTheyWere() {
        for wish in [FrameWish.nothing, .frames(maxFPS: nil), .frames(maxFPS: 0.5), .frames(maxFPS: 15)] {
            #expect(RelayWire.wish(RelayWire.text(of: wish)) == wish)
        }
        let others = ["", "wanted", "wanted 0", "wanted -1", "wanted nan", "wanted inf", "wanted all all", "want all", "state streaming - -"]
        for text in others + ["wanted 1\(String(repeating: "0", count: 400))"] { #expect(RelayWire.wish(text) == nil, "\(text)") }
    }

    @Test func statesComeBackAsTheyWere() {
        let told = RelayWire.state(RelayWire.text(state: "stalled", code: "stalled", sentence: "camera sent no picture"))
        #expect(told?.state == "stalled" && told?.code == "stalled" && told?.sentence == "camera sent no picture")
        let well = RelayWire.state(RelayWire.text(state: "streaming", code: nil, sentence: nil))
        #expect(well?.state == "streaming" && well?.code == nil && well?.sentence == nil)
        let long = RelayWire.text(state: "waiting", code: "connection", sentence: String(repeating: "x\n", count: 5000))
        #expect(long.utf8.count <= RelayWire.maxTextBytes && !long.contains("\n"))
        for text in ["", "state", "state a b", "state waiting a-b c", "wanted all", "state waiting \(String(repeating: "x", count: 50)) y"] {
            #expect(RelayWire.state(text) == nil, "\(text)")
        }
    }

    /// Each length around the places where the head changes, and each rest of eight bytes.
    @Test func aMaskedFrameIsWhatTheStandardSays() {
        for length in Array(0...20) + [124, 125, 126, 127, 65535, 65536, 100_001] {
            let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            var buffer = ByteBuffer(bytes: payload)
            var frame = MaskedFrame.make(.binary, &buffer)
            let (first, second) = (frame.readInteger(as: UInt8.self) ?? 0, frame.readInteger(as: UInt8.self) ?? 0)
            #expect(first == 0x82 && second & 0x80 != 0)
            let count: Int? =
                switch second & 0x7F {
                case 126: frame.readInteger(as: UInt16.self).map { Int($0) }
                case 127: frame.readInteger(as: UInt64.self).map { Int($0) }
                default: Int(second & 0x7F)
                }
            #expect(count == length)
            let key = frame.readBytes(length: 4) ?? [0, 0, 0, 0]
            let masked = frame.readBytes(length: frame.readableBytes) ?? []
            #expect(masked.enumerated().map { $1 ^ key[$0 % 4] } == payload, "\(length)")
        }
    }
}
