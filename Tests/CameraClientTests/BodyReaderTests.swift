import CameraClient
import NIOCore
import TestSupport
import Testing

private func head(_ fields: [(String, String)], status: Int = 200) -> ResponseHead {
    ResponseHead(version: .http(major: 1, minor: 1), status: status, reason: "", fields: fields.map { (name: $0.0, value: $0.1) })
}

/// What a reader made of some pieces; compared between different cuts of the same bytes.
private struct BodyOutcome: Equatable {
    var content: [UInt8] = []
    var rest: [UInt8] = []
    var isEnded = false
    var endsWithConnection = false
    var error: CameraError?

    init(_ head: ResponseHead, isStream: Bool? = nil, _ pieces: [ByteBuffer]) {
        var reader = BodyReader(head: head, isStream: isStream)
        for var piece in pieces {
            do throws(CameraError) {
                while let data = try reader.next(&piece) { content += data.readableBytesView }
            } catch {
                self.error = error
                return
            }
            rest += piece.readableBytesView
        }
        isEnded = reader.isEnded
        endsWithConnection = reader.endsWithConnection
    }
}

@Suite struct BodyReaderTests {
    private static let chunked = ("Transfer-Encoding", "chunked")

    @Test(arguments: [
        ("plain", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"),
        ("LF lines", "5\nhello\n6\n world\n0\n\n"),
        ("upper and lower hexadecimal, one chunk", "B\r\nhello world\r\n0\r\n\r\n"),
        ("lower hexadecimal", "b\r\nhello world\r\n0\r\n\r\n"),
        ("leading zeros", "000000000000000000000000000005\r\nhello\r\n0006\r\n world\r\n000\r\n\r\n"),
        ("blanks around the size", " 5\r\nhello\r\n6 \t\r\n world\r\n0 \r\n\r\n"),
        ("extensions", "5;a=b\r\nhello\r\n6 ; \"c;d\"\r\n world\r\n0;x\r\n\r\n"),
        ("a word behind the size", "5 bytes\r\nhello\r\n6, more\r\n world\r\n0\r\n\r\n"),
        ("0x before the size", "0x5\r\nhello\r\n0X6\r\n world\r\n0x0\r\n\r\n"),
        ("no line end behind the data", "5\r\nhello6\r\n world0\r\n\r\n"),
        ("two line ends behind the data", "5\r\nhello\r\n\r\n6\r\n world\r\n\n0\r\n\r\n"),
        ("a blank line first", "\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"),
        ("trailers", "5\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\nnonsense\r\n\r\n"),
        ("CR CR LF", "5\r\r\nhello\r\r\n6\r\r\n world\r\n0\r\r\n\r\r\n"),
    ])
    func chunksAreTakenApartAtEverySplit(_ name: String, _ body: String) {
        for pieces in Pieces.all(of: bytes(body + "HTTP/1.1")) {
            let outcome = BodyOutcome(head([Self.chunked]), pieces)
            #expect(outcome.content == bytes("hello world"))
            #expect(outcome.isEnded && outcome.rest == bytes("HTTP/1.1") && outcome.error == nil)
        }
    }

    @Test(arguments: ["chunked", "Chunked", " CHUNKED ", "identity, chunked", "chunked,x", "chunked; q=1", "x chunked"])
    func chunkedIsSeenHoweverItIsWritten(_ value: String) {
        let body = [ByteBuffer(string: "2\r\nab\r\n0\r\n\r\n")]
        #expect(BodyOutcome(head([("transfer-ENCODING", value)]), body).content == bytes("ab"))
        #expect(BodyOutcome(head([("Transfer-Encoding", "gzip"), ("Transfer-Encoding", value)]), body).content == bytes("ab"))
    }

    @Test func otherCodingsAreNotChunked() {
        for value in ["identity", "", "chunke", "xchunked"] {
            #expect(BodyOutcome(head([("Transfer-Encoding", value)]), [ByteBuffer(string: "2\r\nab")]).content == bytes("2\r\nab"))
        }
    }

    @Test func chunkedWinsOverALength() {
        for length in ["0", "3", "99999"] {
            let outcome = BodyOutcome(head([("Content-Length", length), Self.chunked]), [ByteBuffer(string: "5\r\nhello\r\n0\r\n\r\n")])
            #expect(outcome.content == bytes("hello") && outcome.isEnded)
        }
    }

    @Test(arguments: [
        bytes("--frame\r\nContent-Type: image/jpeg\r\n\r\n"), bytes("\r\n--frame\r\n"), bytes("Content-Type: image/jpeg\r\n\r\n"),
        bytes("Date: now\r\n"), bytes("Face: b\r\n"), bytes("\n\nX-Y: z\n"), bytes("boundary\r\n"), bytes("0xyz"), bytes("0x"),
        bytes("<html>"), bytes("-1\r\n"), [0xFF, 0xD8, 0xFF, 0xE0, 0, 16], [0],
    ])
    func bodyThatIsVisiblyNotChunkedIsTakenAsItIs(_ body: [UInt8]) {
        let isUndecided = body == bytes("0x")
        for pieces in Pieces.all(of: body) {
            let outcome = BodyOutcome(head([Self.chunked]), pieces)
            #expect(outcome.content == (isUndecided ? [] : body))
            #expect(outcome.endsWithConnection == !isUndecided)
            #expect(!outcome.isEnded && outcome.error == nil)
        }
    }

    @Test(arguments: [
        "2\r\nabxx\r\n", "2\r\nab\r\n-1\r\n", "2\r\nab\r\n;\r\n", "2\r\nab\r\n0x\r\n", "2\r\nab\r\n1:2\r\n",
        "2\r\nab\r\n10000000000\r\n", "2\r\nab\r\nffffffffffffffffffffffffffffffff\r\n", "2\r\nab\r\n+2\r\n",
    ])
    func chunkSizeThatIsNoneEndsTheBody(_ body: String) {
        for pieces in Pieces.all(of: bytes(body)) {
            let outcome = BodyOutcome(head([Self.chunked]), pieces)
            #expect(outcome.error == .chunkSizeUnreadable)
            #expect(outcome.content == bytes("ab"))
        }
    }

    @Test func firstChunkSizeTooLargeIsNoPlainBody() {
        for size in ["10000000000", "FFFFFFFFFFFFFFFF", "8000000000000000", String(repeating: "9", count: 100)] {
            #expect(BodyOutcome(head([Self.chunked]), [ByteBuffer(string: size + "\r\n")]).error == .chunkSizeUnreadable)
        }
    }

    @Test func largestChunkSizeIsTaken() throws {
        var reader = BodyReader(head: head([Self.chunked]))
        var input = ByteBuffer(string: "FFFFFFFFFF\r\nabc")
        #expect(try reader.next(&input) == ByteBuffer(string: "abc"))
    }

    @Test func chunkLinesAndTrailersAreBounded() {
        let start = "2\r\nab\r\n"
        func error(_ flood: String) -> CameraError? {
            BodyOutcome(head([Self.chunked]), [ByteBuffer(string: start + flood)]).error
        }
        #expect(error("2;" + String(repeating: "x", count: 4090) + "\r\nab") == nil)
        #expect(error("2;" + String(repeating: "x", count: 5000)) == .chunkSizeUnreadable)
        #expect(error(String(repeating: "0", count: 5000)) == .chunkSizeUnreadable)
        #expect(error(String(repeating: "\r\n", count: 2500)) == .chunkSizeUnreadable)
        #expect(error("0\r\n" + String(repeating: "a: b\r\n", count: 2000)) == nil)
        #expect(error("0\r\n" + String(repeating: "a: b\r\n", count: 4000)) == .trailersTooLarge)
    }

    @Test(arguments: ["5", " 5 ", "005", "5, 5"])
    func lengthOfAPictureIsRespected(_ length: String) {
        for pieces in Pieces.all(of: bytes("helloHTTP")) {
            let outcome = BodyOutcome(head([("Content-Type", "image/jpeg"), ("content-length", length)]), pieces)
            #expect(outcome.content == bytes("hello") && outcome.rest == bytes("HTTP") && outcome.isEnded)
        }
    }

    @Test func missingLineBehindTheLastChunkCutsNothing() {
        #expect(BodyOutcome(head([Self.chunked]), [ByteBuffer(string: "2\r\nab\r\n0\r\n")]).endsWithConnection)
        #expect(!BodyOutcome(head([Self.chunked]), [ByteBuffer(string: "2\r\nab\r\n0")]).endsWithConnection)
        #expect(!BodyOutcome(head([Self.chunked]), [ByteBuffer(string: "2\r\nab\r\n")]).endsWithConnection)
    }

    @Test func cutPictureDoesNotEnd() {
        let outcome = BodyOutcome(head([("Content-Type", "image/jpeg"), ("Content-Length", "6")]), [ByteBuffer(string: "hello")])
        #expect(!outcome.isEnded && !outcome.endsWithConnection && outcome.content == bytes("hello"))
    }

    @Test(arguments: ["", "x", "-5", "+5", "5.0", "0x5", "5 6", "5, 6", "99999999999999999999999999999"])
    func lengthThatIsNoneIsIgnored(_ length: String) {
        let outcome = BodyOutcome(head([("Content-Type", "image/jpeg"), ("Content-Length", length)]), [ByteBuffer(string: "hello world")])
        #expect(outcome.content == bytes("hello world") && outcome.endsWithConnection && !outcome.isEnded)
    }

    @Test(arguments: ["multipart/x-mixed-replace; boundary=x", "Multipart/Mixed"], ["0", "3", "9999999"])
    func lengthOfAStreamIsIgnored(_ type: String, _ length: String) {
        let outcome = BodyOutcome(head([("Content-Type", type), ("Content-Length", length)]), [ByteBuffer(string: "--x\r\n")])
        #expect(outcome.content == bytes("--x\r\n") && outcome.endsWithConnection)
    }

    @Test func callerDecidesWhatIsAStream() {
        let picture = head([("Content-Type", "image/jpeg"), ("Content-Length", "2")])
        #expect(BodyOutcome(picture, isStream: true, [ByteBuffer(string: "hello")]).content == bytes("hello"))
        let stream = head([("Content-Type", "multipart/mixed"), ("Content-Length", "2")])
        #expect(BodyOutcome(stream, isStream: false, [ByteBuffer(string: "hello")]).content == bytes("he"))
    }

    @Test func lengthOfZeroWithoutATypeIsIgnored() {
        let body = [ByteBuffer(string: "hello")]
        #expect(BodyOutcome(head([("Content-Length", "0")]), body).content == bytes("hello"))
        #expect(BodyOutcome(head([("Content-Length", "2")]), body).content == bytes("he"))
        #expect(BodyOutcome(head([("Content-Length", "0")], status: 401), body).isEnded)
        #expect(BodyOutcome(head([("Content-Length", "0"), ("Content-Type", "image/jpeg")]), body).isEnded)
    }

    @Test(arguments: [204, 304, 101])
    func statusWithoutABodyHasNone(_ status: Int) {
        let outcome = BodyOutcome(head([("Content-Length", "5"), Self.chunked], status: status), [ByteBuffer(string: "HTTP/1.1")])
        #expect(outcome.isEnded && outcome.content.isEmpty && outcome.rest == bytes("HTTP/1.1"))
    }

    @Test func bodyIsASliceOfTheInput() throws {
        let storage = ByteBuffer(string: "a\r\n0123456789\r\n")
        let address = storage.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        var input = storage
        var reader = BodyReader(head: head([Self.chunked]))
        let data = try #require(try reader.next(&input))
        #expect(data.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) } == address + 3)
        #expect(data.readableBytes == 10)
    }

    @Test func changedChunksAreReadAlikeAtAnySplit() {
        let bodies = [
            "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "0x5\nhello\n6;x=y\n world\n0\nA: b\n\n", "--x\r\nA: b\r\n\r\n",
            "\r\nb\r\n0123456789ab\r\n",
        ]
        var random = SeededRandom(seed: 5)
        var ended = 0
        for round in 0..<4000 {
            let changed = random.mutated(bytes(bodies[round % bodies.count]), favourites: bytes("\r\n ;0fFx-:"))
            let whole = BodyOutcome(head([Self.chunked]), [ByteBuffer(bytes: changed)])
            #expect(BodyOutcome(head([Self.chunked]), Pieces.random(of: changed, using: &random)) == whole)
            #expect(whole.content.count + whole.rest.count <= changed.count)
            if whole.isEnded { ended += 1 }
        }
        #expect(ended > 200)
    }
}
