import Foundation
import TestSupport
import Testing

/// The stream's bytes are the wire format that viewers were measured with, to the byte.
@Suite struct WireFormatTests {
    @Test func responseHeadIsCloseDelimitedAndUncached() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.viewer(of: relay)
            try await viewer.ask("/stream")
            // No frame has come yet: head and first delimiter do not wait for one.
            let head = try await viewer.openStream()
            #expect(head.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head["Connection"] == "close")
            #expect(head["Cache-Control"] == "no-store, no-transform")
            #expect(head["Pragma"] == "no-cache")
            #expect(head["X-Accel-Buffering"] == "no")
            #expect(head["Access-Control-Allow-Origin"] == "*")
            #expect(head["Transfer-Encoding"] == nil)
            #expect(head["Content-Length"] == nil)
        }
    }

    /// The reading of parts is strict (``StreamPart``): it knows no other field and no other order.
    @Test func partsCarryLengthAndTimeAndEndWithTheDelimiter() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.watch(of: relay)
            let upstream = try await camera.connection()
            try await upstream.answer()
            var last = Date().timeIntervalSince1970 - 1
            for number in 1...3 {
                let jpeg = TestPicture.jpeg(number, size: 1000)
                try await upstream.send(picture: jpeg)
                let part = try await viewer.part()
                #expect(part.jpeg == jpeg)
                let timestamp = try #require(part.timestamp)
                #expect(timestamp > last)
                #expect(timestamp < Date().timeIntervalSince1970 + 1)
                last = timestamp
                #expect(viewer.connection.waitingBytes == 0, "nothing follows the delimiter until the next frame")
            }
        }
    }

    /// The whole head, so that nothing is in it that nobody thought of.
    @Test func headHoldsTheseFieldsAndNoOthers() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.viewer(of: relay)
            try await viewer.ask("/stream")
            let names = try await viewer.openStream().fields.map { $0.name.lowercased() }
            #expect(Set(names).count == names.count, "a field comes twice")
            let known: Set = [
                "content-type", "connection", "date", "cache-control", "pragma", "x-accel-buffering", "x-content-type-options",
                "access-control-allow-origin", "access-control-expose-headers", "timing-allow-origin", "cross-origin-resource-policy",
            ]
            #expect(Set(names).subtracting(known).isEmpty)
        }
    }

    private static let chrome = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
    private static let firefox = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    @Test(arguments: [
        ("/stream", [chrome, "Accept: image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"], true),
        ("/stream", [chrome, "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], true),
        ("/stream", [chrome, "Accept: */*"], false),
        ("/stream", [firefox, "Accept: image/avif,image/webp,*/*"], false),
        ("/stream", [], false),
        ("/stream?advance_headers=1", [], true),
        ("/stream?advance_headers=0", [chrome, "Accept: image/*"], false),
    ])
    func aheadFormGoesToThoseWhoNeedIt(target: String, fields: [String], isAhead: Bool) async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1, size: 1000))
            try await bench.status(of: relay) { $0.framesIn == 1 }
            let viewer = try await bench.viewer(of: relay)
            try await viewer.ask(target, fields)
            try await viewer.openStream()
            if isAhead { #expect(try await viewer.aheadOpening() == "Content-Type: image/jpeg\r\n\r\n") }
            for number in 1...3 {
                if number > 1 { try await upstream.send(picture: TestPicture.jpeg(number, size: 1000)) }
                var part = try await isAhead ? viewer.aheadPart() : viewer.part()
                // This form does not tell repeats, which come when the machine is busy.
                while isAhead, part.number == number - 1 { part = try await viewer.aheadPart() }
                #expect(part.number == number)
                #expect(viewer.connection.waitingBytes == 0)
            }
        }
    }
}
