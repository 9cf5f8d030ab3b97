import NIOCore
import Text

/// The state in a part's header, which begins with its delimiter.
struct HeaderReading: Sendable {
    /// The outcome of a read.
    enum Outcome: Sendable {
        /// All bytes, or one line, have been read; the header goes on.
        case more
        /// The bytes only looked like a part's beginning, or a blank line comes before the header.
        case noPart
        /// The blank line has been read; the part's body begins.
        case body(PartHeader)
        /// A picture begins in the place of a line; its first three bytes have been read.
        case picture(PictureStart)
    }

    private var header = PartHeader()
    /// The number of the header's bytes so far.
    private var length = 0
    /// The bytes of an incomplete line.
    private var line: [UInt8]
    private var sawDelimiter = false

    /// Starts behind the bytes that the scanner has found.
    init(behind find: DelimiterScanner.Find, boundary: Boundary) {
        line =
            switch find {
            case .delimiter: boundary.pattern
            case .dashes: [ASCII.dash, ASCII.dash]
            case .field: DelimiterScanner.field.withUTF8Buffer { Array($0) }
            case .bareLine: boundary.bareLine
            case .nothing, .startOfImage: []
            }
    }

    /// Reads one line, or the part of it that has come.
    mutating func read(_ source: inout ByteBuffer, _ memory: inout StreamMemory) throws(AssemblyError) -> Outcome {
        if takesStartOfImage(&source) {
            memory.quirks.insert(.missingBlankLine)
            guard case .body(let header) = end(&memory) else { return .picture(.bare) }
            return .picture(.part(header, skipped: 0))
        }
        let length = source.withUnsafeReadableBytes { $0.position(of: ASCII.lineFeed).map { $0 + 1 } ?? $0.count }
        guard length > 0 else { return .more }
        self.length += length
        memory.idleLength += length
        guard line.count + length <= PartHeader.maxLineLength else { throw .headerLineTooLong }
        guard self.length <= PartHeader.maxLength else { throw .headerTooLong }
        let outcome = source.withUnsafeReadableBytes { bytes in
            take(bytes.first(length), &memory)
        }
        source.moveReaderIndex(forwardBy: length)
        return outcome
    }

    /// Takes a line with its LF, or a piece of a line without LF.
    private mutating func take(_ piece: UnsafeRawBufferPointer, _ memory: inout StreamMemory) -> Outcome {
        let isWhole = piece.last == ASCII.lineFeed
        if isWhole, line.isEmpty { return readLine(piece.first(piece.count - 1), &memory) }
        line.append(contentsOf: piece)
        guard isWhole else { return .more }
        let whole = line
        line.removeAll(keepingCapacity: true)
        return whole.withUnsafeBytes { readLine($0.first($0.count - 1), &memory) }
    }

    /// Reads a whole line without its LF.
    private mutating func readLine(_ bytes: UnsafeRawBufferPointer, _ memory: inout StreamMemory) -> Outcome {
        if bytes.last != ASCII.carriageReturn { memory.quirks.insert(.lineFeeds) }
        let text = bytes.first(bytes.lastIndex { $0 != ASCII.carriageReturn }.map { $0 + 1 } ?? 0)
        guard text.contains(where: { !$0.isBlank }) else { return end(&memory) }
        switch memory.boundary.read(text) {
        case .delimiter(let rest):
            if sawDelimiter { memory.quirks.insert(.doubledDelimiter) }
            sawDelimiter = true
            header = PartHeader()
            let behind = text[rest...].drop { $0 == ASCII.dash || $0.isBlank }
            guard behind.contains(ASCII.colon) else { return .more }
            memory.quirks.insert(.headerBehindDelimiter)
            header.read(behind)
        case .other:
            header.read(text)
        }
        return .more
    }

    private func end(_ memory: inout StreamMemory) -> Outcome {
        guard sawDelimiter || header.fields > 0 else { return .noPart }
        if !sawDelimiter { memory.quirks.insert(.missingDelimiter) }
        return .body(header)
    }

    /// Takes the bytes of a start of image at the beginning of a line. True once all three are there.
    private mutating func takesStartOfImage(_ source: inout ByteBuffer) -> Bool {
        while line.count < JPEGWalker.start.count, line.elementsEqual(JPEGWalker.start.prefix(line.count)) {
            guard let byte = source.getInteger(at: source.readerIndex, as: UInt8.self), byte == JPEGWalker.start[line.count] else {
                return false
            }
            source.moveReaderIndex(forwardBy: 1)
            line.append(byte)
        }
        return line.elementsEqual(JPEGWalker.start)
    }
}
