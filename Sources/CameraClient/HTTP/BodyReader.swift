import NIOCore
import Text

/// Takes the transfer coding off a response body: chunked, counted, or up to the connection's end.
///
/// Chunked wins over a length. The length of a stream is not believed, since cameras declare 0 or any number before a stream
/// without end; the length of a picture is. A body that is declared as chunked but begins with a delimiter, a JPEG or a header line is
/// taken as it is.
package struct BodyReader: Sendable {
    /// The longest run of lines behind the last chunk, in bytes.
    static let maxTrailers = 16384

    private enum State {
        /// Up to the connection's end.
        case open
        case counted(remaining: Int)
        case chunkSize(ChunkSizeLine)
        case chunkData(remaining: Int)
        case trailers(bytesRead: Int, lineIsBlank: Bool)
        case ended
    }

    private var state: State
    /// What was read before it was clear whether the body is chunked at all; nil once it is clear.
    private var opening: ByteBuffer?

    /// - Parameter isStream: whether the body is without end by its nature, so that its length is not believed; nil: when its type
    ///   is multipart, and when it has no type and a length of 0.
    package init(head: ResponseHead, isStream: Bool? = nil) {
        if (100..<200).contains(head.status) || head.status == 204 || head.status == 304 {
            state = .ended
        } else if Self.isChunked(head) {
            state = .chunkSize(ChunkSizeLine())
            opening = ByteBuffer()
        } else if let length = Self.contentLength(head) {
            let mediaType = head.mediaType
            let isStream = isStream ?? (mediaType.map(\.isMultipart) ?? (length == 0 && head.status == 200))
            state = isStream ? .open : length == 0 ? .ended : .counted(remaining: length)
        } else {
            state = .open
        }
    }

    /// Whether the body is complete; what is left in the input belongs to the connection's next response.
    package var isEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// The bytes still to come of a counted body, 0 of one that is ended; nil for any other.
    package var length: Int? {
        switch state {
        case .counted(let remaining): remaining
        case .ended: 0
        default: nil
        }
    }

    /// Whether the body ends where it says, so that another response may follow on the connection.
    package var endsByItself: Bool {
        if case .open = state { false } else { true }
    }

    /// Whether the connection's end leaves this body whole; false where it cuts the body.
    package var endsWithConnection: Bool {
        switch state {
        case .open, .trailers, .ended: true
        case .counted, .chunkSize, .chunkData: false
        }
    }

    /// Takes the next bytes of the body from `input`, as a slice of its storage; nil when more input is needed or the body is ended.
    package mutating func next(_ input: inout ByteBuffer) throws(CameraError) -> ByteBuffer? {
        while true {
            switch state {
            case .ended:
                return nil
            case .open:
                if let opening, opening.readableBytes > 0 {
                    self.opening = nil
                    return opening
                }
                return Self.slice(of: &input, atMost: .max)
            case .counted(let remaining):
                guard let data = Self.slice(of: &input, atMost: remaining) else { return nil }
                let left = remaining - data.readableBytes
                state = left == 0 ? .ended : .counted(remaining: left)
                return data
            case .chunkSize(var line):
                guard let byte = input.readInteger(as: UInt8.self) else { return nil }
                opening?.writeInteger(byte)
                switch line.take(byte) {
                case .incomplete:
                    state = .chunkSize(line)
                case .size(let size):
                    opening = nil
                    state = size == 0 ? .trailers(bytesRead: 0, lineIsBlank: true) : .chunkData(remaining: size)
                case .unreadable:
                    guard opening != nil, !line.hasOverflowed else { throw .chunkSizeUnreadable }
                    state = .open
                }
            case .chunkData(let remaining):
                guard let data = Self.slice(of: &input, atMost: remaining) else { return nil }
                let left = remaining - data.readableBytes
                state = left == 0 ? .chunkSize(ChunkSizeLine()) : .chunkData(remaining: left)
                return data
            case .trailers(let bytesRead, let lineIsBlank):
                guard let byte = input.readInteger(as: UInt8.self) else { return nil }
                guard bytesRead < Self.maxTrailers else { throw .trailersTooLarge }
                if byte == 0x0A {
                    state = lineIsBlank ? .ended : .trailers(bytesRead: bytesRead + 1, lineIsBlank: true)
                } else {
                    state = .trailers(bytesRead: bytesRead + 1, lineIsBlank: lineIsBlank && byte == 0x0D)
                }
            }
        }
    }

    private static func slice(of input: inout ByteBuffer, atMost limit: Int) -> ByteBuffer? {
        input.readableBytes == 0 ? nil : input.readSlice(length: min(limit, input.readableBytes))
    }

    private static func isChunked(_ head: ResponseHead) -> Bool {
        head.all("Transfer-Encoding").contains { field in
            field.lowercased().split { ", \t;".contains($0) }.contains("chunked")
        }
    }

    /// The declared length; nil where none is declared, where it is no number, and where two differ.
    private static func contentLength(_ head: ResponseHead) -> Int? {
        let values = head.all("Content-Length").flatMap { $0.split(separator: ",") }.map { Array($0.utf8).trimmingBlanks() }
        guard let first = values.first, values.allSatisfy({ $0 == first }) else { return nil }
        guard !first.isEmpty, first.count <= 18 else { return nil }
        var length = 0
        for byte in first {
            guard let digit = byte.decimalValue else { return nil }
            length = length * 10 + Int(digit)
        }
        return length
    }
}
