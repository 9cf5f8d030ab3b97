import CameraClient
import NIOCore
import TestSupport
import Testing
import Text

/// What a reader made of some pieces; compared between different cuts of the same bytes.
private struct HeadOutcome: Equatable {
    var version: ResponseHead.Version?
    var status: Int?
    var reason: String?
    var fields: [String] = []
    var body: [UInt8] = []
    var error: CameraError?

    init(_ pieces: [ByteBuffer], limit: Int = 65536) {
        var reader = ResponseHeadReader(limit: limit, hiding: Secrets())
        var head: ResponseHead?
        for var piece in pieces {
            if head == nil {
                do throws(CameraError) {
                    head = try reader.read(&piece)
                } catch {
                    self.error = error
                    return
                }
            }
            body += piece.readableBytesView
        }
        version = head?.version
        status = head?.status
        reason = head?.reason.shown
        fields = head?.fields.map { "\($0.name)=\($0.value)" } ?? []
    }
}

@Suite struct ResponseHeadReaderTests {
    struct Row: CustomTestStringConvertible {
        var testDescription: String
        var head: [UInt8]
        var version = ResponseHead.Version.http(major: 1, minor: 1)
        var status = 200
        var reason = "OK"
        var fields: [String] = []

        init(
            _ name: String, _ head: String, _ fields: [String] = [], status: Int = 200, reason: String = "OK",
            version: ResponseHead.Version = .http(major: 1, minor: 1)
        ) {
            self.init(name, bytes(head), fields, status: status, reason: reason, version: version)
        }

        init(
            _ name: String, _ head: [UInt8], _ fields: [String] = [], status: Int = 200, reason: String = "OK",
            version: ResponseHead.Version = .http(major: 1, minor: 1)
        ) {
            testDescription = name
            self.head = head
            self.fields = fields
            self.status = status
            self.reason = reason
            self.version = version
        }
    }

    static let rows = [
        Row("plain", "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n", ["Server=x"]),
        Row("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n", version: .http(major: 1, minor: 0)),
        Row("a version to come", "HTTP/2 200\r\n\r\n", reason: "", version: .http(major: 2, minor: 0)),
        Row("a version with more digits", "HTTP/01.10 200 OK\r\n\r\n", version: .http(major: 1, minor: 10)),
        Row("no blank before the reason", "HTTP/1.1 200OK\r\n\r\n"),
        Row("a stray CR first", "\r HTTP/1.1\t200 OK\r\n\r\n"),
        Row("no version", "HTTP 200 OK\r\n\r\n", version: .http(major: 1, minor: 0)),
        Row("ICY", "ICY 200 OK\r\nicy-name: x\r\n\r\n", ["icy-name=x"], version: .icy),
        Row("odd capitals", "http/1.1 200 oK\r\nCONTENT-type: a/b\r\n\r\n", ["CONTENT-type=a/b"], reason: "oK"),
        Row("no reason", "HTTP/1.1 200\r\nA: b\r\n\r\n", ["A=b"], reason: ""),
        Row("no reason but its blank", "HTTP/1.1 200 \r\n\r\n", reason: ""),
        Row("a reason of words", "HTTP/1.1 401 No  way: in\r\n\r\n", status: 401, reason: "No  way: in"),
        Row("blanks in the status line", "  HTTP/1.1 \t 404   Not Found  \r\n\r\n", status: 404, reason: "Not Found"),
        Row("LF lines", "HTTP/1.1 200 OK\nA: b\nC:d\n\n", ["A=b", "C=d"]),
        Row("LF and CRLF lines mixed", "HTTP/1.1 200 OK\nA: b\r\nC:d\n\r\n", ["A=b", "C=d"]),
        Row("CR CR LF lines", "HTTP/1.1 200 OK\r\r\nA: b\r\r\n\r\r\n", ["A=b"]),
        Row("blank lines first", "\r\n\n \r\nHTTP/1.1 200 OK\r\n\r\n"),
        Row("a nameless date", "HTTP/1.1 200 OK\r\nThu, 01 Jan 1970 00:00:00 GMT\r\nA: b\r\n\r\n", ["A=b"]),
        Row("no name before the colon", "HTTP/1.1 200 OK\r\n: x\r\n :\r\nA: b\r\n\r\n", ["A=b"]),
        Row("no colon", "HTTP/1.1 200 OK\r\nnonsense\r\nA: b\r\n\r\n", ["A=b"]),
        Row("unformatted printf", "HTTP/1.1 200 OK\r\nX-%s: %d\r\nLength %zu: 5\r\n\r\n", ["X-%s=%d"]),
        Row("blanks around the colon", "HTTP/1.1 200 OK\r\nA \t:\t b \t\r\nC:d\r\n\r\n", ["A=b", "C=d"]),
        Row("blanks before the first name", "HTTP/1.1 200 OK\r\n  A: b\r\n\r\n", ["A=b"]),
        Row("empty values", "HTTP/1.1 200 OK\r\nA:\r\nB: \r\n\r\n", ["A=", "B="]),
        Row("folded", "HTTP/1.1 200 OK\r\nA: b;\r\n  c=d\r\n\te\r\nF: g\r\n\r\n", ["A=b; c=d e", "F=g"]),
        Row("folded behind an empty value", "HTTP/1.1 200 OK\r\nA:\r\n b\r\n\r\n", ["A=b"]),
        Row("folded with nothing in it", "HTTP/1.1 200 OK\r\nA: b\r\n \r\nC: d\r\n\r\n", ["A=b", "C=d"]),
        Row("folded behind a skipped line", "HTTP/1.1 200 OK\r\nA: b\r\nnonsense\r\n c\r\n\r\n", ["A=b"]),
        Row("bytes above 127", bytes("HTTP/1.1 200 OK\r\nA: \u{FC}") + [0xFC] + bytes("\r\n\r\n"), ["A=\u{FC}\u{FFFD}"]),
        Row("control characters", "HTTP/1.1 200 O\u{1B}K\r\nA: b\u{0}c\rd\u{7F}\r\n\r\n", ["A=b c d"]),
        Row("the same name again", "HTTP/1.1 200 OK\r\nA: b\r\na: c\r\n\r\n", ["A=b", "a=c"]),
        Row("an interim head", "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nC: d\r\n\r\n", ["C=d"]),
        Row("interim heads with blank lines", "HTTP/1.1 103\n\n\nHTTP/1.0 102 x\n\nHTTP/1.1 200 OK\n\n"),
        Row("switching protocols is final", "HTTP/1.1 101 No\r\n\r\n", status: 101, reason: "No"),
        Row("status of three digits without meaning", "HTTP/1.1 999 ?\r\n\r\n", status: 999, reason: "?"),
    ]

    @Test(arguments: rows)
    func headIsReadAtEverySplitAndLeavesTheBody(_ row: Row) {
        let body = bytes("--frame\r\nHTTP/1.1 200 OK\r\n\r\n") + [0xFF, 0xD8, 0x0A, 0x00]
        for pieces in Pieces.all(of: row.head + body) {
            let outcome = HeadOutcome(pieces)
            #expect(outcome.version == row.version)
            #expect(outcome.status == row.status)
            #expect(outcome.reason == row.reason)
            #expect(outcome.fields == row.fields)
            #expect(outcome.body == body)
            #expect(outcome.error == nil)
        }
    }

    @Test(arguments: rows)
    func headIsIncompleteUntilItsLastByte(_ row: Row) {
        for end in row.head.indices {
            let outcome = HeadOutcome([ByteBuffer(bytes: row.head[..<end])])
            #expect(outcome.status == nil && outcome.error == nil && outcome.body.isEmpty)
        }
    }

    @Test(arguments: [
        ("RTSP/1.0 200 OK\r\n\r\n", "RTSP/1.0 200 OK"),
        ("220 ftp ready\r\n", "220 ftp ready"),
        ("HTTP/1.1\r\n\r\n", "HTTP/1.1"),
        ("HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 OK"),
        ("HTTP/1.1 20\r\n\r\n", "HTTP/1.1 20"),
        ("HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 2000 OK"),
        ("HTTP/1.1 -20 OK\r\n\r\n", "HTTP/1.1 -20 OK"),
        ("HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 099 OK"),
        ("HTTP/x.1 200 OK\r\n\r\n", "HTTP/x.1 200 OK"),
        ("HTTP/1.00001 200 OK\r\n\r\n", "HTTP/1.00001 200 OK"),
        ("HTTP/1. 200 OK\r\n\r\n", "HTTP/1. 200 OK"),
        ("HTTPS/1.1 200 OK\r\n\r\n", "HTTPS/1.1 200 OK"),
        ("HTTP/1.1200 OK\r\n\r\n", "HTTP/1.1200 OK"),
        ("ICY200 OK\r\n\r\n", "ICY200 OK"),
        ("--frame\r\nContent-Type: image/jpeg\r\n\r\n", "--frame"),
        ("\r\n<html>\u{1B}[2J\u{202E}<body>\n", "<html>[2J<body>"),
        (String(repeating: "x", count: 500), String(repeating: "x", count: 64)),
    ])
    func otherTextIsNoHTTP(_ text: String, _ shown: String) {
        for pieces in Pieces.all(of: bytes(text)) {
            #expect(HeadOutcome(pieces).error == .notHTTP(CameraText(shown, hiding: Secrets())))
        }
    }

    @Test func pictureWithoutHeadIsRefusedWithoutWaitingForALineEnd() {
        let picture: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + bytes("JFIF") + [UInt8](repeating: 0, count: 60)
        #expect(HeadOutcome([ByteBuffer(bytes: picture)]).error == .notHTTP("\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}JFIF"))
    }

    @Test func endOfTheConnectionTellsForeignBytesFromACutHead() throws {
        for (text, error) in [
            ("", CameraError.closedBeforeHead), ("\r\n", .closedBeforeHead), ("ht", .closedBeforeHead), ("IC", .closedBeforeHead),
            ("HTTP/1.1 200 OK\r\nA", .closedBeforeHead), ("SSH-2.0", .notHTTP("SSH-2.0")), ("hello", .notHTTP("hello")),
        ] {
            var reader = ResponseHeadReader(hiding: Secrets())
            var input = ByteBuffer(string: text)
            #expect(try reader.read(&input) == nil)
            #expect(reader.errorAtEnd() == error)
        }
    }

    @Test func fieldsAreFoundWhateverTheirCase() throws {
        var reader = ResponseHeadReader(hiding: Secrets())
        var input = ByteBuffer(string: "HTTP/1.1 401\r\nWWW-Authenticate: a\r\nwww-AUTHENTICATE: b\r\nContent-type: IMAGE/jpeg\r\n\r\n")
        let head = try #require(try reader.read(&input))
        #expect(head.first("www-authenticate") == "a")
        #expect(head.all("Www-Authenticate") == ["a", "b"])
        #expect(head.first("Location") == nil)
        #expect(head.all("Location") == [])
        #expect(head.mediaType?.isJPEG == true)
        input = ByteBuffer(string: "HTTP/1.1 200\r\nContent-Type: jpeg\r\nContent-Type: image/jpeg\r\n\r\n")
        #expect(try reader.read(&input)?.mediaType?.subtype == "jpeg")
    }

    @Test func readerReadsTheNextHeadOfAConnection() throws {
        var reader = ResponseHeadReader(limit: 60, hiding: Secrets())
        for number in 200..<210 {
            var input = ByteBuffer(string: "HTTP/1.1 \(number) x\r\nA: bbbbbbbbbbbbbbbb\r\n\r\n")
            #expect(try reader.read(&input)?.status == number)
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 ", "x"), ("HTTP/1.1 200 OK\r\n", "x"), ("HTTP/1.1 200 OK\r\n", "A: b\r\n"), ("HTTP/1.1 200 OK\r\nA: b", "\r\n c"),
        ("HTTP/1.1 200 OK", "\r"), ("HTTP/1.1 100 x", "\r\nA: b"), ("", "\r\n"), ("", " "),
    ])
    func headWithoutEndIsRefusedAtTheLimit(_ start: String, _ unit: String) throws {
        let flood = String(repeating: unit, count: 100)
        var reader = ResponseHeadReader(limit: 10_000, hiding: Secrets())
        var input = ByteBuffer(string: start)
        #expect(try reader.read(&input) == nil)
        var fed = start.utf8.count
        #expect(throws: CameraError.headTooLarge) {
            while fed < 20_000 {
                var input = ByteBuffer(string: flood)
                fed += input.readableBytes
                _ = try reader.read(&input)
            }
        }
        #expect(fed > 10_000 && fed <= 10_000 + flood.utf8.count)
    }

    @Test func limitIsExact() throws {
        let head = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"
        #expect(HeadOutcome([ByteBuffer(string: head)], limit: head.utf8.count).status == 200)
        for pieces in Pieces.all(of: bytes(head)) {
            #expect(HeadOutcome(pieces, limit: head.utf8.count - 1).error == .headTooLarge)
        }
    }

    @Test func fieldsAreBounded() throws {
        var text = "HTTP/1.1 200 OK\r\n"
        for number in 0..<10_000 { text += "a\(number % 10):\n" }
        let outcome = HeadOutcome([ByteBuffer(string: text + "\n")])
        #expect(outcome.status == 200)
        #expect(outcome.fields.count == 256)
    }

    @Test func interimHeadsAreBounded() {
        let interim = "HTTP/1.1 100 Continue\r\n\r\n"
        let last = "HTTP/1.1 200 OK\r\n\r\n"
        #expect(HeadOutcome([ByteBuffer(string: String(repeating: interim, count: 8) + last)]).status == 200)
        #expect(HeadOutcome([ByteBuffer(string: String(repeating: interim, count: 9) + last)]).error == .tooManyInterimResponses)
    }

    @Test func changedHeadsAreReadAlikeAtAnySplit() {
        var random = SeededRandom(seed: 4)
        var complete = 0
        for round in 0..<4000 {
            let row = Self.rows[round % Self.rows.count]
            let changed = random.mutated(row.head, favourites: bytes("\r\n :\t0/\u{0}H1")) + bytes("--x\r\n")
            let whole = HeadOutcome([ByteBuffer(bytes: changed)], limit: 200)
            #expect(HeadOutcome(Pieces.random(of: changed, using: &random), limit: 200) == whole)
            if whole.status != nil { complete += 1 }
        }
        #expect(complete > 500)
    }
}
