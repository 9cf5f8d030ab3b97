import NIOCore

/// Cuts a camera's bytes into frames, whatever the form of the stream and the pieces in which the bytes come.
///
/// A frame is handed out when its last byte has come, not when the next delimiter comes. `FrameEnd` decides where a picture ends,
/// `LengthTrust` how far Content-Lengths are believed, and `JPEGWalker` whether the bytes are a picture. Each byte of a picture is copied
/// once, into the frame's buffer; only the bytes of broken pictures are read again.
package struct FrameAssembler: Sendable {
    /// The form of the stream.
    package enum Layout: Hashable, Sendable {
        /// Parts, separated by the given boundary from the Content-Type, if that has one.
        case multipart(boundary: String?)
        /// JPEGs one behind the other; bytes in between do not matter.
        case jpegs
        /// Either form; the first bytes decide.
        case detect
    }

    /// The number of bytes without a whole picture after which a stream is given up.
    package static let maxBytesWithoutPicture = 16 << 20

    /// The place of the next byte in the stream; each case holds the data of its state.
    enum State: Sendable {
        /// Between parts, in a part's body before the picture, or in a part that is no picture.
        case search(PartSearch)
        /// In a part's header, or in its delimiter.
        case header(HeaderReading)
        /// In a picture.
        case picture(OpenPicture)
        /// Behind a picture that may have ended.
        case tail(PictureTail)
    }

    var state = State.search(PartSearch())
    var memory: StreamMemory
    var replay: Replay
    private let maxIdleLength: Int
    private let keepsTimestamps: Bool

    /// Starts at the first byte of a body. All sizes in bytes.
    ///
    /// - Parameters:
    ///   - awaitsEndOfImage: whether a picture whose length is full waits for its end of image, or for the end of the stream, even if all
    ///     of its blocks are there.
    ///   - keepsTimestamps: whether a frame has its sender's time (`X-Timestamp`) instead of the time of its last byte.
    package init(
        layout: Layout, maxFrameSize: Int, bytesWithoutPicture: Int = maxBytesWithoutPicture, awaitsEndOfImage: Bool = false,
        keepsTimestamps: Bool = false
    ) {
        self.keepsTimestamps = keepsTimestamps
        memory = StreamMemory(layout: layout, maxFrameSize: maxFrameSize)
        memory.awaitsEndOfImage = awaitsEndOfImage
        replay = Replay(maxAllowance: maxFrameSize)
        // A broken picture does not end the stream as long as it is not too large for a frame.
        maxIdleLength = max(bytesWithoutPicture, maxFrameSize)
    }

    /// The quirks of the stream so far.
    package var quirks: Quirks { memory.quirks.union(memory.boundary.quirks) }
    /// The number of pictures that were dropped because they were cut, merged or broken.
    package var framesDropped: Int { memory.framesDropped }
    /// The boundary in the delimiters; nil before the first delimiter.
    package var learntBoundary: String? { memory.boundary.learnt }

    /// Reads from `input`, up to the end of the first frame or of `input`.
    ///
    /// The caller calls again until it gets nil: then everything has been read. `timestamp` becomes the time of the frame.
    package mutating func append(_ input: inout ByteBuffer, timestamp: Timestamp) throws(AssemblyError) -> Frame? {
        while true {
            let frame: Frame?
            if var again = replay.next() {
                frame = try advance(&again, timestamp)
                replay.resume(before: again)
            } else if input.readableBytes > 0 {
                replay.allow(input.readableBytes)
                frame = try advance(&input, timestamp)
                replay.disallow(input.readableBytes)
                replay.resume(before: nil)
            } else {
                return nil
            }
            if let frame { return frame }
        }
    }

    /// Ends the stream: hands out the frames that waited only for following bytes, and drops a cut picture.
    ///
    /// The caller calls again until it gets nil, because a cut picture's bytes may contain whole pictures.
    package mutating func finish(timestamp: Timestamp) -> Frame? {
        while true {
            switch state {
            case .tail(var tail):
                state = .search(PartSearch())
                let decision = tail.picture.end.meetEndOfStream(at: tail.picture.count) { tail.picture.wholeness(of: $0) }
                if let frame = carryOut(decision, on: &tail.picture, timestamp) { return frame }
            case .picture(var picture):
                state = .search(PartSearch())
                if let frame = recover(&picture, isAtEnd: true, timestamp) { return frame }
            case .search, .header: break
            }
            replay.resume(before: nil)
            guard !replay.isEmpty else {
                state = .search(PartSearch())
                return nil
            }
            var nothing = ByteBuffer()
            if let frame = try? append(&nothing, timestamp: timestamp) { return frame }
        }
    }

    private mutating func advance(_ source: inout ByteBuffer, _ timestamp: Timestamp) throws(AssemblyError) -> Frame? {
        while source.readableBytes > 0, !replay.isDue {
            if let frame = try read(&source, timestamp) { return frame }
            guard memory.idleLength <= maxIdleLength else {
                throw .noPicture(bytes: memory.idleLength)
            }
        }
        return nil
    }

    /// Lets the state read. The state is moved out meanwhile, because a copy left in `state` would make each write copy the picture.
    private mutating func read(_ source: inout ByteBuffer, _ timestamp: Timestamp) throws(AssemblyError) -> Frame? {
        switch Self.exchange(&state, .search(PartSearch())) {
        case .picture(var picture):
            let outcome = picture.read(&source, at: timestamp)
            guard picture.count <= memory.maxFrameSize else { throw .frameTooLarge(limit: memory.maxFrameSize) }
            switch outcome {
            case .more:
                if picture.end.length == nil, let (bound, decision) = picture.endAtLastDelimiter(memory) {
                    return end(&picture, at: bound, decision, timestamp)
                }
                state = .picture(consume picture)
            case .endOfImage: return carryOut(picture.end.meetEndOfImage(at: picture.count), on: &picture, timestamp)
            case .lengthFull:
                let decision: FrameEnd.Decision =
                    memory.awaitsEndOfImage
                    ? .lookBehind : picture.decisionAtLength(isUsual: memory.lacksEndOfImage, memory.boundary)
                return carryOut(decision, on: &picture, timestamp)
            case .invalid: return recover(&picture, isAtEnd: false, timestamp)
            }
        case .search(var search):
            switch search.read(&source, &memory) {
            case .more: state = .search(search)
            case .header(let find): state = .header(HeaderReading(behind: find, boundary: memory.boundary))
            case .picture(let start, let startLength): begin(start, startLength: startLength)
            }
        case .header(var header):
            switch try header.read(&source, &memory) {
            case .more: state = .header(header)
            case .noPart: break
            case .body(let header): state = .search(PartSearch(bodyOf: header))
            case .picture(let start): begin(start, startLength: JPEGWalker.start.count)
            }
        case .tail(var tail):
            switch tail.read(&source, memory.boundary) {
            case .more: state = .tail(tail)
            case .decided(let decision):
                if case .end(let length, _) = decision { replay.giveBack(tail.picture.cut(from: length)) }
                return carryOut(decision, on: &tail.picture, timestamp)
            case .delimiter(let find, let decision):
                let frame = carryOut(decision, on: &tail.picture, timestamp)
                // The delimiter between two merged pictures is read again.
                if !replay.isDue { state = .header(HeaderReading(behind: find, boundary: memory.boundary)) }
                return frame
            }
        }
        return nil
    }

    /// Replaces a state by `next`, and returns the old state without a copy.
    @inline(__always) private static func exchange(_ state: inout State, _ next: consuming State) -> State {
        let old = consume state
        state = next
        return old
    }

    /// Starts a picture whose first bytes have been read.
    private mutating func begin(_ start: PictureStart, startLength: Int) {
        memory.idleLength = max(0, memory.idleLength - startLength)
        memory.note(start)
        let (header, skipped) = start.place
        let end = memory.end(of: header, skipped: skipped)
        // A Content-Length may be wrong by any amount, so the buffer begins with at most this size and grows with the bytes.
        let last = memory.lastLength
        let expected = end.length.map { min($0, max(1 << 20, 4 * last)) } ?? last + last / 8
        let picture = OpenPicture(
            header: header, end: end, skipped: skipped, startLength: startLength, capacity: min(expected, memory.maxFrameSize))
        state = end.length == startLength ? .tail(PictureTail(of: picture, memory.boundary)) : .picture(picture)
    }

    /// Carries out a decision about a picture. The search for the next part follows, unless the picture goes on.
    private mutating func carryOut(
        _ decision: FrameEnd.Decision, on picture: inout OpenPicture, _ timestamp: Timestamp
    ) -> Frame? {
        switch decision {
        case .lookBehind:
            state = .tail(PictureTail(of: picture, memory.boundary))
        case .end(let length, let verdict):
            return complete(&picture, length: length, verdict, timestamp)
        case .walkOn(let position):
            replay.giveBack(picture.cut(from: position))
            state = .picture(picture)
        case .drop(let verdict):
            memory.note(verdict)
            drop(&picture)
        }
        return nil
    }

    /// Hands out the first `length` bytes as a frame, if they are a picture.
    mutating func complete(
        _ picture: inout OpenPicture, length: Int, _ verdict: LengthVerdict, _ timestamp: Timestamp
    ) -> Frame? {
        if let endOfImage = picture.end.endOfImage {
            guard picture.walker.isPicture else {
                dropAndReadAgainFromDelimiter(&picture)
                return nil
            }
            if length != picture.end.length, recoverMerged(&picture) { return nil }
            if endOfImage < length { memory.quirks.insert(.bytesBehindPicture) }
            (memory.lacksEndOfImage, memory.hasSeenWhole) = (false, true)
        } else {
            memory.quirks.insert(.noEndOfImage)
            if verdict == .right { memory.lacksEndOfImage = true }
            if !memory.hasSeenWhole { memory.hasSeenWhole = picture.wholeness(of: length) == .whole }
        }
        memory.note(verdict)
        if picture.walker.hasFiller { memory.quirks.insert(.fillerInPicture) }
        if verdict == .unknown, let claim = picture.end.claim, claim >= length {
            let lacksEndOfImage = picture.end.endOfImage == nil && claim == length
            state = .search(PartSearch(due: claim - length, lacksEndOfImage: lacksEndOfImage))
        }
        memory.lastLength = length
        memory.idleLength = 0
        return picture.takeFrame(length: length, at: timestamp, keepsTime: keepsTimestamps)
    }
}
