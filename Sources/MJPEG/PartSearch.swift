import NIOCore

/// The state between pictures: searches for the next part, or for the picture in the present part.
struct PartSearch: Sendable {
    /// The place of the bytes.
    private enum Place: Sendable {
        /// Between parts, or before the first part.
        case between
        /// In a part's body, before the picture.
        case body
        /// In a part that is no picture.
        case otherPart
    }

    /// The outcome of a read.
    enum Outcome: Sendable {
        /// All bytes have been read, or the part's length is full; the search goes on.
        case more
        /// A header begins; the given find is the end of the bytes that were read.
        case header(DelimiterScanner.Find)
        /// A picture begins; its first `startLength` bytes, two or three, have been read.
        case picture(PictureStart, startLength: Int)
    }

    private var place: Place
    private var header: PartHeader
    private var scanner = DelimiterScanner()
    /// The number of bytes read in this place; in a part, bytes of its body.
    private var count = 0
    /// How many bytes should follow the last picture by its length; nil where the length is already known to be right or wrong.
    private var due: Int?
    /// How many bytes of an end of image have been met at the beginning: the last picture lacked its end of image, perhaps because its
    /// length was too small.
    private var endOfImage: Int?
    /// Whether the bytes so far are those of a start of image.
    private var mayOpen: Bool

    /// Starts between parts.
    ///
    /// - Parameters:
    ///   - due: how many bytes should come before the next delimiter's line end by the last picture's length; nil where the length need not
    ///     be judged.
    ///   - lacksEndOfImage: whether the last picture ended at its full length without an end of image.
    ///   - behindBrokenPicture: whether the next bytes may be the rest of a dropped picture, in which the first start of image may be a
    ///     thumbnail's.
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
        // A type that is not a picture's is ignored only if the first three bytes are a picture's.
        mayOpen = header.media != .other
    }

    /// Reads up to the first find, or up to the part's end by its length.
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

    /// Notes that the last picture's length was too small, if the end of image that the picture lacked follows it at once.
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

    /// Begins a picture with the bytes that were read last.
    private var start: PictureStart {
        place == .between ? .bare : .part(header, skipped: max(0, count - JPEGWalker.start.count))
    }

    /// Takes the first two bytes if they are a start of image. Where a picture is expected, the third byte need not be a marker's.
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

    /// The most bytes that are read before the place changes.
    private func limit(_ memory: StreamMemory) -> Int {
        let length = memory.believedLength(of: header) ?? .max
        switch place {
        case .between: return .max
        // A type that is not a picture's is ignored only if the first bytes are a picture's.
        case .body where header.media == .other: return max(0, min(JPEGWalker.start.count, length) - count)
        case .body, .otherPart: return max(0, length - count)
        }
    }

    private func targets(_ memory: StreamMemory) -> DelimiterScanner.Targets {
        switch place {
        case .body: [.pictures, .parts]
        case .between where memory.layout == .jpegs: .pictures
        // In a stream with delimiters, a start of image between parts is the rest of a broken picture.
        case .between where !memory.boundary.isLearnt: [.pictures, .parts]
        case .between, .otherPart: .parts
        }
    }

    /// Ends the place when the limit is reached and no picture was found.
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
