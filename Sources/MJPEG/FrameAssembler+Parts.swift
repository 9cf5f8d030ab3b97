import NIOCore
import Text

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What lies around the pictures: delimiters, headers, other parts.
extension FrameAssembler {
    /// Looks for what the state waits for: the next part, or the picture in this one.
    mutating func scan(_ source: inout ByteBuffer) {
        let limit = scanLimit
        let targets = self.targets
        let (find, scanned) = source.withUnsafeReadableBytes { bytes in
            scanner.scan(UnsafeRawBufferPointer(rebasing: bytes.prefix(limit)), for: targets, boundary: boundary)
        }
        source.moveReaderIndex(forwardBy: scanned)
        idleLength += scanned
        bodyLength += scanned
        switch find {
        case .startOfImage: beginPicture()
        case .delimiter, .dashes, .field, .bareLine:
            if state == .body, header.media != .other { noteEmptyPart() }
            beginHeader(with: find)
        case .nothing where scanned == limit: endScan()
        case .nothing: break
        }
    }

    /// How many bytes the state lasts at most.
    private var scanLimit: Int {
        let length = believedLength ?? .max
        switch state {
        // Another type than a picture's is wrong only when the first bytes say so.
        case .body where header.media == .other: return max(0, min(3, length) - bodyLength)
        case .body, .otherPart: return max(0, length - bodyLength)
        default: return .max
        }
    }

    private var targets: DelimiterScanner.Targets {
        switch state {
        case .body: [.pictures, .parts]
        case .between where layout == .jpegs: .pictures
        // Once there are delimiters, a start of image between parts is a leftover.
        case .between where !boundary.isLearnt: [.pictures, .parts]
        default: .parts
        }
    }

    private mutating func endScan() {
        if state == .body, header.media == .other, bodyLength < believedLength ?? .max {
            state = .otherPart
            oddities.insert(.otherPart)
        } else {
            if state == .body { oddities.insert(.otherPart) }
            awaitPart()
        }
    }

    /// The part's Content-Length, as long as those are believed and it leaves room for a start of image.
    var believedLength: Int? {
        guard believesLengths, let length = header.contentLength, length >= 3, length <= maxFrameSize else { return nil }
        return length
    }

    private mutating func noteEmptyPart() {
        oddities.insert(bodyLength <= boundary.pattern.count + 4 ? .emptyPart : .otherPart)
    }

    /// Looks for the next part from here on.
    mutating func awaitPart() {
        state = .between
        scanner = DelimiterScanner()
        header = PartHeader()
        bodyLength = 0
    }

    /// Starts to read a header, of which the scanner has found the first bytes.
    mutating func beginHeader(with find: DelimiterScanner.Find) {
        state = .header
        header = PartHeader()
        headerLength = 0
        sawDelimiter = false
        switch find {
        case .delimiter: line = boundary.pattern
        case .dashes: line = [ASCII.dash, ASCII.dash]
        case .field: line = DelimiterScanner.field.withUTF8Buffer { Array($0) }
        case .bareLine: line = boundary.bareLine
        case .nothing, .startOfImage: line = []
        }
    }

    /// Reads one line of a header, or what there is of it.
    mutating func readHeader(_ source: inout ByteBuffer) throws(AssemblyError) {
        if beginsPicture(&source) { return beginPictureInHeader() }
        guard source.readableBytes > 0 else { return }
        let length = source.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress, let hit = memchr(base, Int32(ASCII.lineFeed), bytes.count) else { return bytes.count }
            return UnsafeRawPointer(hit) - base + 1
        }
        headerLength += length
        idleLength += length
        guard line.count + length <= PartHeader.maximumLineLength else { throw .headerLineTooLong }
        guard headerLength <= PartHeader.maximumLength else { throw .headerTooLong }
        let isWhole = source.withUnsafeReadableBytes { bytes in
            let piece = UnsafeRawBufferPointer(rebasing: bytes.prefix(length))
            let isWhole = piece.last == ASCII.lineFeed
            if isWhole, line.isEmpty {
                readLine(UnsafeRawBufferPointer(rebasing: piece.dropLast()))
            } else {
                line.append(contentsOf: piece)
            }
            return isWhole
        }
        source.moveReaderIndex(forwardBy: length)
        guard isWhole, !line.isEmpty else { return }
        let whole = line
        line.removeAll(keepingCapacity: true)
        whole.withUnsafeBytes { readLine(UnsafeRawBufferPointer(rebasing: $0.dropLast())) }
    }

    /// Reads a whole line without its LF.
    private mutating func readLine(_ bytes: UnsafeRawBufferPointer) {
        if bytes.last != ASCII.carriageReturn { oddities.insert(.lineFeeds) }
        let text = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.lastIndex { $0 != ASCII.carriageReturn }.map { $0 + 1 } ?? 0)])
        guard text.contains(where: { !$0.isBlank }) else { return endHeader() }
        switch boundary.read(text) {
        case .delimiter(let rest):
            if sawDelimiter { oddities.insert(.doubledDelimiter) }
            sawDelimiter = true
            header = PartHeader()
            let behind = text[rest...].drop { $0 == ASCII.dash || $0.isBlank }
            guard behind.contains(ASCII.colon) else { return }
            oddities.insert(.headerBehindDelimiter)
            header.read(behind)
        case .other:
            header.read(text)
        }
    }

    private mutating func endHeader() {
        // What looked like a part's beginning was not, or a blank line stands before the header.
        guard sawDelimiter || header.fields > 0 else { return awaitPart() }
        if !sawDelimiter { oddities.insert(.missingDelimiter) }
        state = .body
        bodyLength = 0
        scanner = DelimiterScanner()
    }

    /// Takes the bytes of a start of image at the beginning of a line. True once all three are there.
    private mutating func beginsPicture(_ source: inout ByteBuffer) -> Bool {
        while line.count < 3, line.elementsEqual(JPEGWalker.start.prefix(line.count)) {
            guard let byte = source.getInteger(at: source.readerIndex, as: UInt8.self), byte == JPEGWalker.start[line.count] else {
                return false
            }
            source.moveReaderIndex(forwardBy: 1)
            line.append(byte)
        }
        return line.elementsEqual(JPEGWalker.start)
    }

    /// A picture follows its header without a blank line.
    private mutating func beginPictureInHeader() {
        endHeader()
        oddities.insert(.missingBlankLine)
        line.removeAll(keepingCapacity: true)
        bodyLength = JPEGWalker.start.count
        beginPicture()
    }
}
