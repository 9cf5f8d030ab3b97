import TestSupport
import Testing

/// Frames reach viewers whole, in order, unchanged, and as soon as their last byte is in, whatever form the camera sends.
@Suite struct FrameTests {
    @Test func framesReachTheViewerInOrderAndUnchanged() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.watch(of: relay)
            let upstream = try await camera.connection()
            try await upstream.answer()
            for number in 1...20 {
                // One after the other, so that none is skipped: the viewer has it before the camera sends the next.
                let jpeg = TestPicture.jpeg(number, size: number * 5000)
                try await upstream.send(picture: jpeg)
                #expect(try await viewer.part().jpeg == jpeg)
            }
            #expect(camera.connectionCount == 1)
        }
    }

    /// A camera's form and what is special about it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var form = CameraForm()
        /// Sizes of the pieces in which a part is sent; chunks where the form is chunked.
        var pieces = [Int.max]
        /// Sent before the first part.
        var preamble = ""
    }

    private static let cases: [Case] = [
        Case(testDescription: "with lengths"),
        Case(testDescription: "without lengths", form: CameraForm(sendsLength: false)),
        Case(testDescription: "HTTP/1.1 without length or chunks", form: CameraForm(statusLine: "HTTP/1.1 200 OK")),
        Case(testDescription: "status line without a reason", form: CameraForm(statusLine: "HTTP/1.1 200")),
        Case(testDescription: "byte by byte", pieces: [1]),
        Case(testDescription: "without lengths, in odd pieces", form: CameraForm(sendsLength: false), pieces: [1, 2, 3, 50, 7]),
        Case(
            testDescription: "one chunk a part", form: CameraForm(statusLine: "HTTP/1.1 200 OK", isChunked: true)),
        Case(
            testDescription: "chunks at odd edges", form: CameraForm(statusLine: "HTTP/1.1 200 OK", isChunked: true),
            pieces: [1, 2, 3, 5, 17, 1, 40]),
        Case(
            testDescription: "chunks of one byte, without lengths",
            form: CameraForm(statusLine: "HTTP/1.1 200 OK", sendsLength: false, isChunked: true), pieces: [1]),
        Case(testDescription: "undeclared boundary", form: CameraForm(contentType: "multipart/x-mixed-replace")),
        Case(
            testDescription: "another boundary than declared",
            form: CameraForm(contentType: "multipart/x-mixed-replace;boundary=other", sendsLength: false)),
        Case(testDescription: "boundary with dashes", form: CameraForm(contentType: "multipart/x-mixed-replace; boundary=--camera")),
        Case(testDescription: "boundary in quotes", form: CameraForm(contentType: "multipart/x-mixed-replace; boundary=\"camera\"")),
        Case(testDescription: "multipart/mixed", form: CameraForm(contentType: "multipart/mixed; boundary=camera")),
        Case(testDescription: "application/octet-stream", form: CameraForm(contentType: "application/octet-stream")),
        Case(testDescription: "text/plain", form: CameraForm(contentType: "text/plain", sendsLength: false)),
        Case(testDescription: "no media type", form: CameraForm(contentType: nil)),
        Case(testDescription: "preamble", preamble: "\r\nthis is a stream\r\n"),
        Case(testDescription: "LF line ends in the head", form: CameraForm(statusLine: "HTTP/1.0 200 OK\nX-Odd: 1\nDate:")),
    ]

    /// The camera says nothing after a picture until the viewer has it: no frame waits for what comes next.
    @Test(arguments: cases) func frameIsDeliveredWhenItsLastByteIsIn(_ test: Case) async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.watch(of: relay)
            let upstream = try await camera.connection()
            try await upstream.answer(test.form)
            if !test.preamble.isEmpty { try await upstream.send(test.preamble) }
            for number in 1...3 {
                let jpeg = TestPicture.jpeg(number, size: 700)
                var part = test.form.part(jpeg)
                // The line end behind the picture is the beginning of the next part.
                part.removeLast(2)
                if number > 1 { part = Array("\r\n".utf8) + part }
                for piece in test.form.isChunked ? CameraForm.chunks(part, sizes: test.pieces) : Self.split(part, test.pieces) {
                    try await upstream.send(piece)
                }
                #expect(try await viewer.part().jpeg == jpeg)
            }
        }
    }

    private static func split(_ bytes: [UInt8], _ sizes: [Int]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            pieces.append(Array(rest.prefix(sizes[pieces.count % sizes.count])))
            rest = rest.dropFirst(sizes[(pieces.count - 1) % sizes.count])
        }
        return pieces
    }

    @Test func camerasThatSendOneJPEGBehindTheOtherAreRelayed() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.watch(of: relay)
            let upstream = try await camera.connection()
            try await upstream.answer(CameraForm(contentType: "image/jpeg"))
            for number in 1...3 {
                try await upstream.send(TestPicture.jpeg(number, size: 3000))
                #expect(try await viewer.part().number == number)
            }
        }
    }

    @Test func wrongLengthsDoNotTearOrMergeFrames() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.watch(of: relay)
            let upstream = try await camera.connection()
            try await upstream.answer()
            for (number, error) in [(1, -100), (2, 0), (3, 50), (4, -1), (5, 0)] {
                let jpeg = TestPicture.jpeg(number, size: 2000)
                let header = "--camera\r\nContent-Type: image/jpeg\r\nContent-Length: \(jpeg.count + error)\r\n\r\n"
                try await upstream.send(Array(header.utf8) + jpeg + Array("\r\n".utf8))
            }
            try await upstream.send("--camera\r\n")
            // They may come faster than the viewer is woken: skipping is right, tearing is not.
            var last: Int? = 0
            while last != 5 {
                let number = try await viewer.part().number
                #expect(number != nil, "a torn or merged frame")
                last = number
            }
        }
    }

    @Test func eachOfManyViewersGetsEveryFrameOfOneUpstream() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            var viewers: [TestViewer] = []
            for _ in 0..<50 { viewers.append(try await bench.watch(of: relay)) }
            try await bench.status(of: relay) { $0.viewers == 50 }
            let upstream = try await camera.connection()
            try await upstream.answer()
            for number in 1...20 {
                let jpeg = TestPicture.jpeg(number, size: 20_000)
                try await upstream.send(picture: jpeg)
                for viewer in viewers {
                    let part = try await viewer.part()
                    #expect(part.jpeg == jpeg)
                }
            }
            #expect(camera.connectionCount == 1)
            let status = try await bench.status(of: relay) { _ in true }
            #expect(status.framesSkipped == 0)
            #expect(status.framesIn == 20)
        }
    }

    /// 15 of 50 frames a second, by the viewer's wish or the file's: all gaps are about as long, and what was left out counts as
    /// skipped nowhere.
    @Test(arguments: ["/front/stream?fps=15", "/limited/stream"]) func framesPerSecondAreLimitedEvenly(path: String) async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 50))
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources:
                      front: "\(camera.url)"
                      limited: {url: "\(camera.url)", max_fps: 15}
                    """)
            let viewer = try await bench.watch(path, of: relay)
            /// The gaps between 46 parts in milliseconds, the shortest first.
            func gaps() async throws -> [Double] {
                var times: [Double] = []
                for _ in 0..<46 { times.append(try #require(try await viewer.part().timestamp)) }
                return zip(times.dropFirst(), times).map { ($0 - $1) * 1000 }.sorted()
            }
            /// A hitch of a busy machine may lengthen a few.
            func areEven(_ gaps: [Double]) -> Bool {
                (40...95).contains(gaps[2]) && (40...95).contains(gaps[gaps.count - 6])
                    && ((60...75).contains(gaps.reduce(0, +) / Double(gaps.count)) || gaps[gaps.count - 1] > 100)
            }
            var last = try await gaps()
            // A longer one spoils one look, not three.
            for _ in 0..<2 where !areEven(last) { last = try await gaps() }
            #expect(areEven(last), "\(last)")
            let name = path.split(separator: "/")[0]
            try await bench.status(of: relay, path: "/\(name)/status") { $0.framesSkipped <= 5 }
        }
    }
}
