/// Walks a JPEG from marker to marker, to find where it ends however its bytes come in pieces.
///
/// Segments are skipped by their lengths, so that the end markers of thumbnails are not taken for the picture's; only
/// entropy-coded data is searched, with `memchr`, for the bytes FF that every marker begins with (ITU T.81, B.1).
/// What a decoder refuses (a second frame header, a second start of image, a scan before the frame header) ends the walk.
package struct JPEGWalker: Sendable {
    /// How far one call went.
    package enum Outcome: Hashable, Sendable {
        /// All bytes belong to the picture, and it goes on.
        case more
        /// The picture's end of image is the last of the first `consumed` bytes.
        case end(consumed: Int)
        /// The last of the first `consumed` bytes cannot stand where it stands.
        case invalid(consumed: Int)

        /// The bytes walked, where that is not all of them.
        var consumed: Int? {
            switch self {
            case .more: nil
            case .end(let consumed), .invalid(let consumed): consumed
            }
        }
    }

    /// The bytes that every picture starts with: start of image, and the first byte of a marker.
    static let start: [UInt8] = [0xFF, 0xD8, 0xFF]

    private enum State: UInt8, Sendable {
        case start, startMarker, betweenSegments, marker, lengthHigh, lengthLow, segment, scan, scanMarker, ended, failed
    }

    /// Bytes walked since the first.
    package private(set) var position = 0
    /// Width in pixels; 0 before a readable frame header.
    package private(set) var width = 0
    /// Height in pixels; 0 before a readable frame header.
    package private(set) var height = 0
    /// Bytes before the entropy-coded data of the first scan; nil before one.
    package private(set) var scanPosition: Int?
    /// The walk ended at a start of image within the picture: the picture was cut and another one begins.
    package private(set) var metStartOfImage = false

    private var state = State.start
    private var marker: UInt8 = 0
    /// Bytes of the segment that are still to come, and those that were there.
    private var remaining = 0
    private var offset = 0
    private var sawFrameHeader = false

    /// Starts before the first byte.
    package init() {}

    /// The end of image was reached.
    package var hasEnded: Bool { state == .ended }

    /// There was a readable frame header with a width and a height, and a scan.
    package var isPicture: Bool { width > 0 && height > 0 && scanPosition != nil && state != .failed }

    /// Walks over the bytes that follow those of the last call. After an end or an invalid byte it consumes nothing more.
    package mutating func walk(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        let count = bytes.count
        var index = 0
        defer { position += index }
        while index < count {
            switch state {
            case .scan:
                if scanPosition == nil { scanPosition = position + index }
                guard let next = endOfEntropyCodedData(in: bytes, from: index) else {
                    index = count
                    return .more
                }
                index = next
                state = .scanMarker
            case .segment:
                index += readSegment(bytes.rest(from: index))
                if remaining == 0 { endSegment() }
            case .ended: return .end(consumed: 0)
            case .failed: return .invalid(consumed: 0)
            default:
                readMarker(bytes[index])
                index += 1
                if state == .ended { return .end(consumed: index) }
            }
            if state == .failed { return .invalid(consumed: index) }
        }
        return .more
    }

    /// Looks for the next FF of a scan that no zero follows: nearly all have one, which says that they are data. Gives the
    /// position behind it; nil where there is none.
    private func endOfEntropyCodedData(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while let hit = bytes.position(of: 0xFF, from: index) {
            guard hit + 1 < bytes.count, bytes[hit + 1] == 0 else { return hit + 1 }
            index = hit + 2
        }
        return nil
    }

    /// Takes one byte outside of segments' contents and entropy-coded data.
    private mutating func readMarker(_ byte: UInt8) {
        switch state {
        case .start: state = byte == 0xFF ? .startMarker : .failed
        case .startMarker: state = byte == 0xD8 ? .betweenSegments : .failed
        case .betweenSegments: state = byte == 0xFF ? .marker : .failed
        case .marker: state = next(after: byte)
        case .scanMarker:
            switch byte {
            case 0x00, 0x01, 0xD0...0xD7: state = .scan  // a stuffed FF, TEM, restart markers
            default: state = next(after: byte)
            }
        case .lengthHigh:
            remaining = Int(byte) << 8
            state = .lengthLow
        case .lengthLow:
            remaining += Int(byte) - 2
            offset = 0
            state = remaining < 0 ? .failed : .segment
            if remaining == 0 { endSegment() }
        case .segment, .scan, .ended, .failed: break
        }
    }

    /// What a marker code leads to.
    private mutating func next(after code: UInt8) -> State {
        marker = code
        switch code {
        case 0xFF: return state  // a fill byte
        case 0xD9: return .ended
        case 0xD8:
            metStartOfImage = true
            return .failed
        case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
            guard !sawFrameHeader else { return .failed }
            sawFrameHeader = true
            return .lengthHigh
        case 0xDA: return sawFrameHeader ? .lengthHigh : .failed
        case 0xC4, 0xC8, 0xCC, 0xDB...0xDF, 0xE0...0xFE: return .lengthHigh
        default: return .failed  // reserved, or a restart marker outside of a scan
        }
    }

    /// Takes what is there of a segment's contents, and reads the size from a frame header's. Returns the number of bytes taken.
    private mutating func readSegment(_ bytes: UnsafeRawBufferPointer) -> Int {
        var taken = min(remaining, bytes.count)
        if sawFrameHeader, isFrameHeader(marker), offset < 6 {
            for index in 0..<min(taken, 6 - offset) {
                let value = Int(bytes[index])
                switch offset + index {
                case 1, 2: height = height << 8 | value
                case 3, 4: width = width << 8 | value
                case 5 where !(1...4).contains(value) || remaining + offset != 6 + 3 * value:
                    // What is read again then does not depend on how the bytes came.
                    state = .failed
                    taken = index + 1
                default: break
                }
            }
        }
        offset += taken
        remaining -= taken
        return taken
    }

    private mutating func endSegment() {
        guard state != .failed else { return }
        if isFrameHeader(marker), offset < 6 {
            state = .failed
        } else {
            state = marker == 0xDA ? .scan : .betweenSegments
        }
    }

    private func isFrameHeader(_ code: UInt8) -> Bool {
        code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 && code != 0xCC
    }
}
