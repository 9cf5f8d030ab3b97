import NIOCore

/// The state between pictures: looks for the next part or for the picture in this one.
struct PartSearch: Sendable {
    /// Where the bytes are.
    private enum Place: Sendable {
        /// Between parts, or before the first.
        case between
        /// In a part's body, before the picture.
        case body
        /// In a part that is no picture.
        case otherPart
    }

    /// How far a read came.
    enum Outcome: Sendable {
        /// All bytes are read, or the part's length is full; the search goes on.
        case more
        /// A header begins; the bytes read end with this.
        case header(DelimiterScanner.Find)
        /// A picture begins; its first three bytes are read.
        case picture(PictureStart)
    }

    private var place: Place
    private var header: PartHeader
    private var scanner = DelimiterScanner()
    /// Bytes of the part's body that were read.
    private var bodyLength = 0

    /// Starts between parts.
    ///
    /// - Parameter behindBrokenPicture: what comes next may be the rest of a picture that was given up, where the first start
    ///   of image may be a thumbnail's.
    init(behindBrokenPicture: Bool = false) {
        place = .between
        header = PartHeader()
        scanner.awaitsEndOfImage = behindBrokenPicture
    }

    /// Starts in the body of a part.
    init(bodyOf header: PartHeader) {
        place = .body
        self.header = header
    }

    /// Reads up to the first find, or to the end of the part by its length.
    mutating func read(_ source: inout ByteBuffer, _ memory: inout StreamMemory) -> Outcome {
        let limit = limit(memory)
        let targets = targets(memory)
        let (find, scanned) = source.withUnsafeReadableBytes { bytes in
            scanner.scan(bytes.first(limit), for: targets, boundary: memory.boundary)
        }
        source.moveReaderIndex(forwardBy: scanned)
        memory.idleLength += scanned
        bodyLength += scanned
        switch find {
        case .startOfImage:
            let skipped = max(0, bodyLength - JPEGWalker.start.count)
            return .picture(place == .between ? .bare : .part(header, skipped: skipped))
        case .delimiter, .dashes, .field, .bareLine:
            if place == .body, header.media != .other {
                memory.quirks.insert(bodyLength <= memory.boundary.pattern.count + 4 ? .emptyPart : .otherPart)
            }
            return .header(find)
        case .nothing:
            if scanned == limit { endBody(&memory) }
            return .more
        }
    }

    /// How many bytes are read at most before the place changes.
    private func limit(_ memory: StreamMemory) -> Int {
        let length = memory.believedLength(of: header) ?? .max
        switch place {
        case .between: return .max
        // Another type than a picture's is wrong only when the first bytes say so.
        case .body where header.media == .other: return max(0, min(JPEGWalker.start.count, length) - bodyLength)
        case .body, .otherPart: return max(0, length - bodyLength)
        }
    }

    private func targets(_ memory: StreamMemory) -> DelimiterScanner.Targets {
        switch place {
        case .body: [.pictures, .parts]
        case .between where memory.layout == .jpegs: .pictures
        // Once there are delimiters, a start of image between parts is a leftover.
        case .between where !memory.boundary.isLearnt: [.pictures, .parts]
        case .between, .otherPart: .parts
        }
    }

    /// The limit is reached, and there was no picture.
    private mutating func endBody(_ memory: inout StreamMemory) {
        if place == .body, header.media == .other, bodyLength < memory.believedLength(of: header) ?? .max {
            place = .otherPart
            memory.quirks.insert(.otherPart)
        } else {
            if place == .body { memory.quirks.insert(.otherPart) }
            self = PartSearch()
        }
    }
}
