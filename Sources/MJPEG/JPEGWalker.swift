/// Walks a JPEG from marker to marker to find its end. The bytes may come in any pieces.
///
/// Segments are skipped by their lengths, so that the end marker of a thumbnail is not taken for the picture's. Only the bytes between
/// segments and in scans are searched for FF, the first byte of every marker (ITU T.81, B.1). As in libjpeg, which browsers use, any bytes
/// may come between two segments. Everything that libjpeg refuses (a second frame header, a second start of image, a scan before the frame
/// header, a reserved marker) ends the walk.
package struct JPEGWalker: Sendable {
    /// The outcome of one call.
    package enum Outcome: Hashable, Sendable {
        /// All bytes belong to the picture, and the picture goes on.
        case more
        /// The picture's end of image is the last of the first `consumed` bytes.
        case end(consumed: Int)
        /// The last of the first `consumed` bytes is impossible at its place.
        case invalid(consumed: Int)

        /// The number of bytes walked; nil where all were walked.
        var consumed: Int? {
            switch self {
            case .more: nil
            case .end(let consumed), .invalid(let consumed): consumed
            }
        }
    }

    /// The first bytes of every picture: start of image, and the first byte of a marker.
    static let start: [UInt8] = [0xFF, 0xD8, 0xFF]

    /// The most filler bytes between the segments of one picture; some cameras send 608.
    package static let maxFillerLength = 64 << 10

    private enum State: UInt8, Sendable {
        case start, startMarker, betweenSegments, marker, lengthHigh, lengthLow, segment, scan, scanMarker, ended, failed
    }

    /// The number of bytes walked so far.
    package private(set) var position = 0
    /// Width in pixels; 0 before a readable frame header.
    package private(set) var width = 0
    /// Height in pixels; 0 before a readable frame header.
    package private(set) var height = 0
    /// The number of bytes before the entropy-coded data of the first scan; nil before the first scan.
    package private(set) var scanPosition: Int?
    /// Whether the walk ended at a start of image within the picture, because the picture was cut and another picture begins.
    package private(set) var metStartOfImage = false

    private var state = State.start
    private var marker: UInt8 = 0
    /// The bytes of the segment that have not come yet, and those that have.
    private var remaining = 0
    private var offset = 0
    private var sawFrameHeader = false
    /// The number of filler bytes between segments.
    private var fillerLength = 0
    private var hasShortLength = false
    /// The quantization tables that the components use, and those that have come; a bit for each.
    private var usedTables: UInt16 = 0
    private var definedTables: UInt16 = 0
    /// Where the next table begins in a segment of quantization tables.
    private var nextTable = 0

    /// Starts before the first byte.
    package init() {}

    /// Whether the end of image was reached.
    package var hasEnded: Bool { state == .ended }

    /// Whether the walk is in a scan's data, or at the marker behind the data.
    package var isInScan: Bool { scanPosition != nil && (state == .scan || state == .scanMarker) }

    /// Whether there are filler bytes between segments, or a segment with an impossible length.
    package var hasFiller: Bool { fillerLength > 0 || hasShortLength }

    /// Whether only the start of image and filler have been met so far.
    var isBare: Bool { position == 2 + fillerLength + (metStartOfImage ? 2 : 0) }

    /// Whether there were a readable frame header with a width and a height, and a scan. In a picture with filler, the quantization tables
    /// must have come too, because a wrong length may have made the walk pass over their segment.
    package var isPicture: Bool {
        width > 0 && height > 0 && scanPosition != nil && state != .failed && !(hasFiller && usedTables & ~definedTables != 0)
    }

    /// Walks over the bytes that follow those of the last call. After the end or an invalid byte it consumes nothing more.
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

    /// Takes the bytes before a marker, and the marker's FF. Returns the position behind them.
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

    /// Searches a scan for the next FF without a zero behind it; with the zero, which most have, it is a byte of data. Returns the position
    /// behind the FF; nil where there is none.
    private func endOfEntropyCodedData(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while let hit = bytes.position(of: 0xFF, from: index) {
            guard hit + 1 < bytes.count, bytes[hit + 1] == 0 else { return hit + 1 }
            index = hit + 2
        }
        return nil
    }

    /// Takes one byte that is neither in a segment's contents nor in entropy-coded data.
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

    /// Takes a marker's code.
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

    /// Takes the bytes of a segment's contents that have come, and reads those that matter. Returns the number of bytes taken.
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
                // So the bytes that are read again do not depend on the pieces in which they came.
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

    /// Whether a scan header has the right length for its number of components.
    private func isScanHeader(componentCount: Int) -> Bool {
        (1...4).contains(componentCount) && remaining == 4 + 2 * componentCount
    }

    private func isFrameHeader(_ code: UInt8) -> Bool {
        code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 && code != 0xCC
    }

    /// Whether decoders read only the length of such a segment, and take a length that is too small for 0.
    private func isPassedOver(_ code: UInt8) -> Bool {
        code >= 0xE0 && code <= 0xEF || code == 0xFE || code == 0xDC
    }
}
