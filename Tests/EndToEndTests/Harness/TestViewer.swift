import Synchronization
import TestSupport

/// Someone who asks the relay over one connection: sends requests, reads answers, and parts of a stream.
final class TestViewer: Sendable {
    let connection: TestConnection
    private let boundary = Mutex("")

    /// Connects; asks for nothing yet.
    static func open(
        port: Int, reading: TestConnection.Reading = .atOnce, trusting authority: String? = nil
    ) async throws -> TestViewer {
        TestViewer(try await TestConnection.open(port: port, reading: reading, trusting: authority))
    }

    private init(_ connection: TestConnection) {
        self.connection = connection
    }

    /// Sends a request without a body.
    func ask(_ target: String, method: String = "GET", _ fields: [String] = []) async throws {
        try await connection.send((["\(method) \(target) HTTP/1.1", "Host: localhost"] + fields).joined(separator: "\r\n") + "\r\n\r\n")
    }

    /// Reads an answer's head alone.
    func head(within limit: Duration = patience) async throws -> HTTPReply {
        let head = try await connection.take("the head of an answer", within: limit) { bytes, _ in bytes.readHead() }
        return try HTTPReply(head: head)
    }

    /// Reads an answer with its body, which has the length that the head says; none for HEAD.
    func reply(isHead: Bool = false) async throws -> HTTPReply {
        var reply = try await head()
        guard !isHead else { return reply }
        guard let length = reply["Content-Length"].flatMap({ Int($0) }) else { throw HTTPReply.BadReply(reply.head) }
        reply.body = try await connection.take("a body of \(length) bytes") { bytes, _ in bytes.readBytes(length: length) }
        return reply
    }

    /// Reads a stream's head and its opening delimiter; after it come ``part(within:)``s.
    @discardableResult
    func openStream(within limit: Duration = patience) async throws -> HTTPReply {
        let head = try await head(within: limit)
        guard head.status == 200, let type = head["Content-Type"],
            let match = type.wholeMatch(of: /multipart\/x-mixed-replace; boundary=([A-Za-z0-9][A-Za-z0-9.-]*)/)
        else { throw HTTPReply.BadReply(head.head) }
        let boundary = String(match.1)
        self.boundary.withLock { $0 = boundary }
        let opening = "--\(boundary)\r\n"
        let start = try await connection.take("the first delimiter", within: limit) { bytes, _ in
            bytes.readString(length: opening.utf8.count)
        }
        guard start == opening else { throw StreamPart.NotTheWireFormat(start) }
        return head
    }

    /// Reads parts in plain form up to the next live one, its delimiter included: on a busy machine a placeholder or a
    /// repeat may come before it.
    func part(within limit: Duration = patience) async throws -> StreamPart {
        while true {
            let part = try await anyPart(within: limit)
            if part.kind == nil { return part }
        }
    }

    /// Reads one part in plain form, live or not, its delimiter included.
    func anyPart(within limit: Duration = patience) async throws -> StreamPart {
        let boundary = boundary.withLock { $0 }
        return try await connection.take("a part", within: limit) { bytes, hasEnded in
            try StreamPart.readPlain(&bytes, boundary: boundary, hasEnded: hasEnded)
        }
    }

    /// Reads the first header block of a stream in ahead form.
    func aheadOpening() async throws -> String {
        try await connection.take("the first header block") { bytes, _ in bytes.readHead() }
    }

    /// Reads one part in ahead form, the next part's header included.
    func aheadPart() async throws -> StreamPart {
        let boundary = boundary.withLock { $0 }
        return try await connection.take("a part") { bytes, _ in try StreamPart.readAhead(&bytes, boundary: boundary) }
    }

    /// Reads parts and returns the numbers of their pictures.
    func numbers(_ count: Int) async throws -> [Int?] {
        var numbers: [Int?] = []
        for _ in 0..<count { numbers.append(try await part().number) }
        return numbers
    }

    func close() async { await connection.close() }
}
