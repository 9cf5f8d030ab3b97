import MJPEG
import NIOCore
import Text

/// The messages between two relays, over the WebSocket on which one relay publishes to the other.
///
/// The publishing relay sends a binary message for each frame (a byte for the kind, the sequence number and the microseconds since 1970 as
/// 64-bit big-endian numbers, the JPEG), and texts with the camera's state: `state STATE CODE SENTENCE`. The receiving relay sends an
/// acknowledgement for each frame (the 8 bytes of its sequence number), and texts with the frames that it wants: `wanted none`, `wanted
/// all`, or `wanted` and frames per second.
enum RelayWire {
    /// The name of the protocol in the handshake.
    static let name = "mjpeg-relay.1"
    /// The same where a relay watches a source of another; the one that is watched says besides how patient it is (`patience SECONDS`)
    /// and that the newest picture still holds (`unchanged`). Nothing is asked for: all frames are wanted.
    static let watchName = "mjpeg-relay-watch.1"
    /// Said when the camera was asked and its picture is still the last one.
    static let unchanged = "unchanged"
    /// The bytes of a message before its JPEG.
    static let prefixBytes = 17
    /// The most bytes of a text.
    static let maxTextBytes = 1000

    /// A frame as it comes over the wire.
    struct Message: Equatable {
        var kind: Frame.Kind
        var sequence: UInt64
        var time: Timestamp
        var jpeg: ByteBuffer
    }

    /// Puts a frame's prefix and JPEG together.
    static func write(_ frame: Frame, sequence: UInt64, into buffer: inout ByteBuffer) {
        writePrefix(of: frame, sequence: sequence, into: &buffer)
        buffer.writeImmutableBuffer(frame.jpeg)
    }

    /// Takes a message apart; nil where it is too short, or of an unknown kind.
    static func read(_ message: ByteBuffer) -> Message? {
        var rest = message
        guard let kind = rest.readInteger(as: UInt8.self), kind <= 1, let sequence = rest.readInteger(as: UInt64.self),
            let time = rest.readInteger(as: UInt64.self)
        else { return nil }
        return Message(
            kind: kind == 0 ? .live : .repeat, sequence: sequence, time: Timestamp(microseconds: Int64(clamping: time)), jpeg: rest)
    }

    static func acknowledgement(of sequence: UInt64) -> ByteBuffer { ByteBuffer(integer: sequence) }

    /// The sequence number of an acknowledgement; nil for anything else.
    static func acknowledged(_ message: ByteBuffer) -> UInt64? {
        message.readableBytes == 8 ? message.getInteger(at: message.readerIndex, as: UInt64.self) : nil
    }

    /// The text for the frames that are wanted.
    static func text(of wish: FrameWish) -> String {
        switch wish {
        case .nothing: "wanted none"
        case .frames(nil): "wanted all"
        case .frames(let fps?): "wanted \(fps)"
        }
    }

    /// The frames that a text says are wanted; nil for a text that says something else.
    static func wish(_ text: String) -> FrameWish? {
        let words = text.split(separator: " ")
        guard words.count == 2, words[0] == "wanted" else { return nil }
        switch words[1] {
        case "none": return .nothing
        case "all": return .frames(maxFPS: nil)
        default:
            guard words[1].utf8.count <= 20, let fps = Double(words[1]), fps > 0, fps.isFinite else { return nil }
            return .frames(maxFPS: fps)
        }
    }

    /// How long the sender waits for a picture of its camera, as a text.
    static func text(ofPatience seconds: Int) -> String { "patience \(seconds)" }

    /// What a text says of the sender's patience; nil for another text.
    static func patience(_ text: String) -> Duration? {
        let words = text.split(separator: " ")
        guard words.count == 2, words[0] == "patience", words[1].utf8.count <= 6, let seconds = Int(words[1]), seconds > 0 else {
            return nil
        }
        return .seconds(seconds)
    }

    /// The prefix of a frame.
    static func writePrefix(of frame: Frame, sequence: UInt64, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(frame.kind == .live ? 0 : 1))
        buffer.writeInteger(sequence)
        buffer.writeInteger(UInt64(clamping: frame.timestamp.microseconds))
    }

    /// The text for a camera's state. State and code are words.
    static func text(state: String, code: String?, sentence: String?) -> String {
        "state \(state) \(code ?? "-") \((sentence ?? "-").shown(limit: 400))"
    }

    /// The camera's state in a text; nil for a text that says something else.
    static func state(_ text: String) -> (state: String, code: String?, sentence: String?)? {
        let words = text.split(separator: " ", maxSplits: 3)
        guard words.count == 4, words[0] == "state", words[2].utf8.count <= 40,
            words[2] == "-" || words[2].utf8.allSatisfy({ $0 == UInt8(ascii: "_") || $0.isAlphanumeric })
        else { return nil }
        return (String(words[1]), words[2] == "-" ? nil : String(words[2]), words[3] == "-" ? nil : String(words[3]))
    }
}
