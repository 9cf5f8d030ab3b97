/// Walks a JPEG from marker to marker, to find where it ends however its bytes come in pieces.
///
/// Segments are skipped by their lengths, so that the end markers of thumbnails are not taken for the picture's; only what
/// stands between segments and in scans is searched for the bytes FF that every marker begins with (ITU T.81, B.1). As in
/// libjpeg, which browsers use, any bytes may stand between two segments: the next marker counts. What libjpeg refuses (a
/// second frame header, a second start of image, a scan before the frame header, a reserved marker) ends the walk.
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

    /// The most bytes that may stand between the segments of one picture; cameras are known to send 608.
    package static let maxFillerLength = 64 << 10

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
    /// Bytes between segments that belong to none.
    private var fillerLength = 0
    private var hasShortLength = false
    /// Quantization tables that the components use and that there are, a bit for each.
    private var usedTables: UInt16 = 0
    private var definedTables: UInt16 = 0
    /// Where in a segment of quantization tables the next one begins.
    private var nextTable = 0

    /// Starts before the first byte.
    package init() {}

    /// The end of image was reached.
    package var hasEnded: Bool { state == .ended }

    /// The walk is in a scan's data, or at the marker behind that.
    package var isInScan: Bool { scanPosition != nil && (state == .scan || state == .scanMarker) }

    /// Bytes between two segments belong to neither, or a segment has a length that is none.
    package var hasFiller: Bool { fillerLength > 0 || hasShortLength }

    /// Nothing but the start of image and filler was met so far.
    var isBare: Bool { position == 2 + fillerLength + (metStartOfImage ? 2 : 0) }

    /// There was a readable frame header with a width and a height, and a scan. Where there is filler, the quantization
    /// tables must be there too: a segment that was passed over for a wrong length before it is missing then.
    package var isPicture: Bool {
        width > 0 && height > 0 && scanPosition != nil && state != .failed && !(hasFiller && usedTables & ~definedTables != 0)
    }

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
            case .betweenSegments:
                index = readFiller(bytes, from: index)
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

    /// Takes what stands before a marker, and its FF. Returns the position behind.
    private mutating func readFiller(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let hit = bytes.position(of: 0xFF, from: start)
        let end = min(hit ?? bytes.count, start + JPEGWalker.maxFillerLength - fillerLength + 1)
        fillerLength += end - start
        guard fillerLength <= JPEGWalker.maxFillerLength else {
            state = .failed
            return end
        }
        guard hit != nil else { return end }
        state = .marker
        return end + 1
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
        case .marker:
            switch byte {
            case 0x00, 0x01, 0xD0...0xD7:
                // A stuffed zero, or a marker without contents that has no meaning here.
                fillerLength += 2
                state = fillerLength > JPEGWalker.maxFillerLength ? .failed : .betweenSegments
            default: state = next(after: byte)
            }
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
            (offset, nextTable) = (0, 0)
            if remaining < 0, isPassedOver(marker) { (remaining, hasShortLength) = (0, true) }
            state = remaining < 0 ? .failed : .segment
            if remaining == 0 { endSegment() }
        case .betweenSegments, .segment, .scan, .ended, .failed: break
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
        default: return .failed  // reserved
        }
    }

    /// Takes what is there of a segment's contents, and reads what matters of it. Returns the number of bytes taken.
    private mutating func readSegment(_ bytes: UnsafeRawBufferPointer) -> Int {
        var taken = min(remaining, bytes.count)
        switch marker {
        case 0xDA where offset == 0:
            if !isScanHeader(componentCount: Int(bytes[0])) { (state, taken) = (.failed, 1) }
        case 0xDB:
            while nextTable < offset + taken {
                let table = bytes[nextTable - offset]
                definedTables |= 1 << UInt16(table & 0x0F)
                nextTable += table >> 4 == 0 ? 65 : 129
            }
        case _ where isFrameHeader(marker):
            for index in 0..<taken where state != .failed {
                readFrameHeader(bytes[index], at: offset + index)
                // What is read again then does not depend on how the bytes came.
                if state == .failed { taken = index + 1 }
            }
        default: break
        }
        offset += taken
        remaining -= taken
        return taken
    }

    /// Takes a byte of the frame header's contents, of which there are at most 18.
    private mutating func readFrameHeader(_ byte: UInt8, at place: Int) {
        switch place {
        case 1, 2: height = height << 8 | Int(byte)
        case 3, 4: width = width << 8 | Int(byte)
        case 5: if !(1...4).contains(byte) || remaining + offset != 6 + 3 * Int(byte) { state = .failed }
        case 8, 11, 14, 17: usedTables |= 1 << UInt16(byte & 0x0F)
        default: break
        }
    }

    private mutating func endSegment() {
        guard state != .failed else { return }
        switch marker {
        case 0xDA: state = offset > 0 ? .scan : .failed
        case _ where isFrameHeader(marker): state = offset > 5 ? .betweenSegments : .failed
        default: state = .betweenSegments
        }
    }

    /// Whether a scan header for so many components is as long as it must be.
    private func isScanHeader(componentCount: Int) -> Bool {
        (1...4).contains(componentCount) && remaining == 4 + 2 * componentCount
    }

    private func isFrameHeader(_ code: UInt8) -> Bool {
        code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 && code != 0xCC
    }

    /// Whether decoders read no more of a segment than its length, and take a length that is too small for nought.
    private func isPassedOver(_ code: UInt8) -> Bool {
        code >= 0xE0 && code <= 0xEF || code == 0xFE || code == 0xDC
    }
}
