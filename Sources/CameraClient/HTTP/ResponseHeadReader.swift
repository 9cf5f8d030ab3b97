import NIOCore
import Text

/// Reads a camera's response head, however sloppy its form, from bytes that come in any pieces.
///
/// Taken as they are: HTTP of any version and `ICY`, no reason phrase, LF lines, blank lines first, folded lines, blanks around
/// names and colons, bytes that are no UTF-8. Lines that are no fields are skipped, interim heads (1xx) too. Every byte is looked at
/// once, and all of them together are at most `limit`.
package struct ResponseHeadReader: Sendable {
    /// Fields beyond this many are dropped.
    static let maxFields = 256
    /// Interim heads beyond this many are an error.
    static let maxInterimHeads = 8
    /// A first line that cannot be HTTP is refused when so many bytes have come, its end or not.
    static let maxForeignBytes = 64

    private let limit: Int
    private let secrets: Secrets
    private var bytesRead = 0
    private var interimHeads = 0
    /// The line in progress, without its end.
    private var line: [UInt8] = []
    private var head: ResponseHead?
    /// What the next folded line continues.
    private var previousLine = PreviousLine.statusLine

    private enum PreviousLine {
        case statusLine
        case field
        case skipped
    }

    /// - Parameters:
    ///   - limit: the longest head in bytes, blank lines before it and interim heads included.
    ///   - secrets: the logins that the camera may repeat.
    package init(limit: Int = 65536, hiding secrets: Secrets) {
        self.limit = limit
        self.secrets = secrets
    }

    /// Takes bytes from `input` up to the end of the head and returns the head; bytes of the body stay in `input`.
    ///
    /// Returns nil when `input` is used up and the head is not complete. The reader is then ready for the next piece; after a
    /// complete head it is ready for the next head of the connection.
    package mutating func read(_ input: inout ByteBuffer) throws(CameraError) -> ResponseHead? {
        while input.readableBytes > 0 {
            let view = input.readableBytesView
            let lineFeed = view.firstIndex(of: 0x0A)
            let piece = view[..<(lineFeed ?? view.endIndex)]
            let count = piece.count + (lineFeed == nil ? 0 : 1)
            line.append(contentsOf: piece.prefix(limit))
            if head == nil { try refuseForeignBytes() }
            bytesRead += count
            guard bytesRead <= limit else { throw .headTooLarge }
            input.moveReaderIndex(forwardBy: count)
            guard lineFeed != nil else { return nil }
            while line.last == 0x0D { line.removeLast() }
            let complete = try takeLine()
            line.removeAll(keepingCapacity: true)
            if let complete { return complete }
        }
        return nil
    }

    /// What it means that the connection ends before the head does.
    package func errorAtEnd() -> CameraError {
        head == nil && !mayBecomeStatusLine ? .notHTTP(shownLine(isWhole: false)) : .closedBeforeHead
    }

    /// Uses the line in progress; returns the head when it is the blank line behind a final head.
    private mutating func takeLine() throws(CameraError) -> ResponseHead? {
        guard let current = head else {
            guard !line.allSatisfy(\.isBlank) else { return nil }
            guard let begun = statusLine(line) else { throw .notHTTP(shownLine(isWhole: true)) }
            head = begun
            previousLine = .statusLine
            return nil
        }
        guard line.isEmpty else {
            takeFieldLine()
            return nil
        }
        head = nil
        // 101 is final: what follows would no longer be HTTP.
        if (100..<200).contains(current.status), current.status != 101 {
            interimHeads += 1
            guard interimHeads <= Self.maxInterimHeads else { throw .tooManyInterimResponses }
            return nil
        }
        bytesRead = 0
        interimHeads = 0
        return current
    }

    private mutating func takeFieldLine() {
        if let first = line.first, first.isBlank, previousLine != .statusLine {
            // A folded line (RFC 9112, section 5.2): one blank stands for the fold.
            guard previousLine == .field, let last = head?.fields.indices.last, let value = head?.fields[last].bytes else { return }
            let more = Self.value(line[...])
            if !more.isEmpty { head?.fields[last].bytes = value.isEmpty ? more : value + [0x20] + more }
            return
        }
        previousLine = .skipped
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let name = line[..<colon].trimmingBlanks()
        guard !name.isEmpty, name.allSatisfy(\.isTokenByte), let count = head?.fields.count, count < Self.maxFields else { return }
        head?.fields.append(
            ResponseHead.Field(name: String(decoding: name, as: UTF8.self), bytes: Self.value(line[(colon + 1)...])))
        previousLine = .field
    }

    /// A value without outer blanks; control characters inside become blanks (RFC 9110, section 5.5).
    private static func value(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Array(bytes.map { $0.isControl ? 0x20 : $0 }.trimmingBlanks())
    }

    /// `HTTP/1.1 200 OK`, `HTTP/1.0 200`, `ICY 200 OK`; nil for what is no status line.
    private func statusLine(_ line: [UInt8]) -> ResponseHead? {
        var rest = line[...].drop { $0.isBlank || $0 == 0x0D }
        var version = ResponseHead.Version.icy
        if let afterName = rest.dropping(prefix: "http") {
            rest = afterName
            var major = 1
            var minor = 0
            if rest.first == UInt8(ascii: "/") {
                rest = rest.dropFirst()
                guard let number = rest.takeNumber() else { return nil }
                major = number
                if rest.first == UInt8(ascii: ".") {
                    rest = rest.dropFirst()
                    guard let number = rest.takeNumber() else { return nil }
                    minor = number
                }
            }
            version = .http(major: major, minor: minor)
        } else if let afterName = rest.dropping(prefix: "icy") {
            rest = afterName
        } else {
            return nil
        }
        guard let blank = rest.first, blank.isBlank else { return nil }
        rest = rest.drop { $0.isBlank }
        guard let status = rest.takeNumber(), (100...999).contains(status) else { return nil }
        let reason = String(decoding: rest.trimmingBlanks(), as: UTF8.self)
        return ResponseHead(version: version, status: status, reason: CameraText(reason, hiding: secrets))
    }

    /// Refuses a first line that cannot be HTTP without waiting for its end: a JPEG may hold no line feed for long.
    private func refuseForeignBytes() throws(CameraError) {
        guard !mayBecomeStatusLine, line.count >= Self.maxForeignBytes else { return }
        throw .notHTTP(shownLine(isWhole: false))
    }

    /// Whether the line in progress begins as a status line does, as far as it goes.
    private var mayBecomeStatusLine: Bool {
        let start = line.drop { $0.isBlank || $0 == 0x0D }.prefix(4).map { $0 | 0x20 }
        return "http".utf8.starts(with: start) || "icy".utf8.elementsEqual(start.prefix(3)) || "icy".utf8.starts(with: start)
    }

    /// How a line that is no status line begins.
    private func shownLine(isWhole: Bool) -> CameraText {
        CameraText(String(decoding: line, as: UTF8.self), hiding: secrets, limit: Self.maxForeignBytes, isCut: !isWhole)
    }
}

extension ArraySlice<UInt8> {
    /// Takes one to four decimal digits; nil where there is none, or one more.
    fileprivate mutating func takeNumber() -> Int? {
        let digits = prefix { $0.isDigit }
        guard (1...4).contains(digits.count) else { return nil }
        removeFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1.decimalValue ?? 0) }
    }

    /// What follows `prefix`, given in lower case and found in any; nil where these bytes begin otherwise.
    fileprivate func dropping(prefix: StaticString) -> ArraySlice? {
        ASCII.starts(self, with: prefix) ? dropFirst(prefix.utf8CodeUnitCount) : nil
    }
}
