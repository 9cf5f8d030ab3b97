import NIOCore
import NIOWebSocket
import Testing

@testable import Relay

/// What RFC 6455 wants of one who is sent frames; the sections are its.
@Suite struct WebSocketInboxTests {
    private static func frame(
        _ opcode: WebSocketOpcode, _ bytes: [UInt8] = [], fin: Bool = true, rsv: (Bool, Bool, Bool) = (false, false, false),
        isMasked: Bool = true
    ) -> WebSocketFrame {
        let key: WebSocketMaskingKey = [1, 2, 3, 4]
        let masked = isMasked ? bytes.enumerated().map { $1 ^ UInt8($0 % 4 + 1) } : bytes
        return WebSocketFrame(
            fin: fin, rsv1: rsv.0, rsv2: rsv.1, rsv3: rsv.2, opcode: opcode, maskKey: isMasked ? key : nil, data: ByteBuffer(bytes: masked))
    }

    private static func actions(_ frames: WebSocketFrame...) -> [WebSocketInbox.Action] {
        var inbox = WebSocketInbox()
        return frames.map { inbox.take($0) }
    }

    private static func opcode(_ code: UInt8) throws -> WebSocketOpcode {
        try #require(WebSocketOpcode(encodedWebSocketOpcode: code))
    }

    @Test func aWholeMessageIsGiven() {
        #expect(Self.actions(Self.frame(.binary, [1, 2, 3])) == [.message(ByteBuffer(bytes: [1, 2, 3]))])
        #expect(Self.actions(Self.frame(.binary)) == [.message(ByteBuffer())])
    }

    @Test func aMessageInPiecesIsGivenWithItsLastAndOthersMayComeBetween() {
        let actions = Self.actions(
            Self.frame(.binary, [1], fin: false), Self.frame(.ping, [9]), Self.frame(.continuation, [], fin: false), Self.frame(.pong, [8]),
            Self.frame(.continuation, [2, 3]))
        #expect(actions == [.nothing, .pong(ByteBuffer(bytes: [9])), .nothing, .nothing, .message(ByteBuffer(bytes: [1, 2, 3]))])
    }

    @Test func textIsPassedOverAndMustBeText() {
        #expect(Self.actions(Self.frame(.text, Array("grüß".utf8))) == [.nothing])
        #expect(Self.actions(Self.frame(.text, [0xC3])) == [.fail(.dataInconsistentWithMessage)])
        // A character in two pieces.
        #expect(Self.actions(Self.frame(.text, [0xC3], fin: false), Self.frame(.continuation, [0xBC])) == [.nothing, .nothing])
        #expect(
            Self.actions(Self.frame(.text, [0xC3], fin: false), Self.frame(.continuation, [0x28]))
                == [.nothing, .fail(.dataInconsistentWithMessage)])
    }

    @Test func piecesOutOfPlaceAreForbidden() {
        #expect(Self.actions(Self.frame(.continuation, [1])) == [.fail(.protocolError)])
        #expect(Self.actions(Self.frame(.binary, [1], fin: false), Self.frame(.binary, [2])) == [.nothing, .fail(.protocolError)])
        #expect(Self.actions(Self.frame(.text, [65]), Self.frame(.continuation, [66])) == [.nothing, .fail(.protocolError)])
    }

    @Test func reservedBitsAndOpcodesAreForbidden() throws {
        for rsv in [(true, false, false), (false, true, false), (false, false, true)] {
            #expect(Self.actions(Self.frame(.binary, [1], rsv: rsv)) == [.fail(.protocolError)])
        }
        for code in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8] {
            #expect(try Self.actions(Self.frame(Self.opcode(code))) == [.fail(.protocolError)], "opcode \(code)")
        }
        #expect(Self.actions(Self.frame(.binary, [1], isMasked: false)) == [.fail(.protocolError)])
    }

    @Test func aMessageHasAMostHoweverItIsCut() {
        let most = [UInt8](repeating: 1, count: WebSocketInbox.maxMessageBytes)
        #expect(Self.actions(Self.frame(.binary, most)) == [.message(ByteBuffer(bytes: most))])
        #expect(Self.actions(Self.frame(.binary, most, fin: false), Self.frame(.continuation, [1])) == [.nothing, .fail(.messageTooLarge)])
    }

    @Test(arguments: [
        ([], [] as [UInt8]?), ([0x03, 0xE8], [0x03, 0xE8]), ([0x03, 0xE8, 0x62, 0x79, 0x65], [0x03, 0xE8]), ([0x0B, 0xB8], [0x0B, 0xB8]),
        ([0x13, 0x87], [0x13, 0x87]),
        // One byte; codes that never go over the wire (999, 1004, 1005, 1006, 1015, 2999, 5000).
        ([0x03], nil), ([0x03, 0xE7], nil), ([0x03, 0xEC], nil), ([0x03, 0xED], nil), ([0x03, 0xEE], nil), ([0x03, 0xF7], nil),
        ([0x0B, 0xB7], nil), ([0x13, 0x88], nil),
    ])
    func aCloseIsAnsweredWithItsCode(_ payload: [UInt8], _ answer: [UInt8]?) {
        let expected = answer.map { WebSocketInbox.Action.close(ByteBuffer(bytes: $0)) } ?? .fail(.protocolError)
        #expect(Self.actions(Self.frame(.connectionClose, payload)) == [expected])
    }

    @Test func aReasonThatIsNoTextIsForbidden() {
        #expect(Self.actions(Self.frame(.connectionClose, [0x03, 0xE8, 0xFF])) == [.fail(.dataInconsistentWithMessage)])
    }

    @Test func nothingCountsBehindAnEnd() {
        #expect(Self.actions(Self.frame(.connectionClose), Self.frame(.ping, [1])) == [.close(ByteBuffer()), .nothing])
        #expect(Self.actions(Self.frame(.continuation), Self.frame(.binary, [1])) == [.fail(.protocolError), .nothing])
    }
}
