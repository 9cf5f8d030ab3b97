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
        /// A picture begins; the first `startLength` bytes of it are read, two or three.
        case picture(PictureStart, startLength: Int)
    }

    private var place: Place
    private var header: PartHeader
    private var scanner = DelimiterScanner()
    /// Bytes that were read here; in a part, they are its body's.
    private var count = 0
    /// How many bytes should follow the last picture by its length; nil where that is known to be right or wrong.
    private var due: Int?
    /// The first bytes may be the end of image that the last picture lacked, since its length was too small; how many of its
    /// two bytes were met.
    private var endOfImage: Int?
    /// The bytes so far are those of a start of image.
    private var mayOpen: Bool

    /// Starts between parts.
    ///
    /// - Parameters:
    ///   - due: how many bytes should come before the next delimiter's line end by the last picture's length, where that is
    ///     worth to be found out.
    ///   - lacksEndOfImage: the last picture ended where its length was full, without an end of image.
    ///   - behindBrokenPicture: what comes next may be the rest of a picture that was given up, where the first start of
    ///     image may be a thumbnail's.
    init(due: Int? = nil, lacksEndOfImage: Bool = false, behindBrokenPicture: Bool = false) {
        place = .between
        header = PartHeader()
        self.due = due
        endOfImage = lacksEndOfImage ? 0 : nil
        mayOpen = !behindBrokenPicture
        scanner.awaitsEndOfImage = behindBrokenPicture
    }

    /// Starts in the body of a part.
    init(bodyOf header: PartHeader) {
        place = .body
        self.header = header
        due = nil
        // Another type than a picture's is wrong only when the first three bytes say so.
        mayOpen = header.media != .other
    }

    /// Reads up to the first find, or to the end of the part by its length.
    mutating func read(_ source: inout ByteBuffer, _ memory: inout StreamMemory) -> Outcome {
        watchForEndOfImage(source, &memory)
        let targets = targets(memory)
        if mayOpen, targets.contains(.pictures), takesStartOfImage(&source, &memory) { return .picture(start, startLength: 2) }
        let limit = limit(memory)
        let (find, scanned) = source.withUnsafeReadableBytes {
            scanner.scan($0.first(limit), for: targets, boundary: memory.boundary)
        }
        source.moveReaderIndex(forwardBy: scanned)
        memory.idleLength += scanned
        count += scanned
        switch find {
        case .startOfImage: return .picture(start, startLength: JPEGWalker.start.count)
        case .delimiter, .dashes, .field, .bareLine:
            if let due { memory.note(gap: count - find.length(memory.boundary), due: due) }
            if place == .body, header.media != .other {
                memory.quirks.insert(count <= memory.boundary.pattern.count + 4 ? .emptyPart : .otherPart)
            }
            return .header(find)
        case .nothing:
            if scanned == limit { endBody(&memory) }
            return .more
        }
    }

    /// Learns from an end of image right behind a picture without one that its length was too small.
    private mutating func watchForEndOfImage(_ source: ByteBuffer, _ memory: inout StreamMemory) {
        guard var met = endOfImage else { return }
        var position = count
        while met == position, let byte = source.getInteger(at: source.readerIndex + position - count, as: UInt8.self) {
            position += 1
            guard byte == (met == 0 ? 0xFF : 0xD9) else { break }
            met += 1
            guard met == 2 else { continue }
            memory.note(.tooSmall)
            due = nil
            break
        }
        endOfImage = met == position && met < 2 ? met : nil
    }

    /// A picture begins with the bytes that were read last.
    private var start: PictureStart {
        place == .between ? .bare : .part(header, skipped: max(0, count - JPEGWalker.start.count))
    }

    /// Takes the first two bytes if they are a start of image: where a picture is due, the third one need not be a marker's.
    private mutating func takesStartOfImage(_ source: inout ByteBuffer, _ memory: inout StreamMemory) -> Bool {
        while let byte = source.getInteger(at: source.readerIndex, as: UInt8.self) {
            guard byte == JPEGWalker.start[count] else {
                mayOpen = false
                return false
            }
            _ = scanner.push(byte, targets(memory), memory.boundary)
            source.moveReaderIndex(forwardBy: 1)
            memory.idleLength += 1
            count += 1
            if count == 2 { return true }
        }
        return false
    }

    /// How many bytes are read at most before the place changes.
    private func limit(_ memory: StreamMemory) -> Int {
        let length = memory.believedLength(of: header) ?? .max
        switch place {
        case .between: return .max
        // Another type than a picture's is wrong only when the first bytes say so.
        case .body where header.media == .other: return max(0, min(JPEGWalker.start.count, length) - count)
        case .body, .otherPart: return max(0, length - count)
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
        if place == .body, header.media == .other, count < memory.believedLength(of: header) ?? .max {
            place = .otherPart
            memory.quirks.insert(.otherPart)
        } else {
            if place == .body { memory.quirks.insert(.otherPart) }
            self = PartSearch()
        }
    }
}
