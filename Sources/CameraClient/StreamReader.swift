import MJPEG
import NIOCore
import Text

/// Turns the body of a camera's answer into frames: undoes the transfer coding and assembles; fed buffers at any split.
struct StreamReader {
    /// Pages and other texts are told from pictures by their first bytes when the type says text.
    private let isText: Bool
    private let mediaTypeText: CameraText
    private var body: BodyReader
    private var assembler: FrameAssembler
    /// Body bytes of the buffer in hand that the assembler has not read yet.
    private var slice = ByteBuffer()
    private var frames = 0
    private var bytesRead = 0
    /// The Content-Length of a text, nil for anything else: where it is full and no picture has come, none will.
    private let textLength: Int?
    private let isPictureType: Bool
    /// Whether the head says that part follows part.
    let isMultipart: Bool
    /// The Content-Length of a single picture. Such a body is read as a stream of one part, whose delimiter and header are made here, and
    /// it may go on behind a length that is too small.
    private let partLength: Int?
    /// The Content-Length of a JPEG, nil for anything else.
    private let pictureLength: Int?
    private let head: CameraDescription
    private let secrets: Secrets

    /// Decides by `head`'s media type how the body is read; a missing or wrong type leaves it to the body.
    ///
    /// - Parameters:
    ///   - isStream: whether a stream is awaited, before which a length means nothing; else a single picture, whose length counts.
    ///   - secrets: the logins that the camera may repeat.
    init(
        head: ResponseHead, maxFrameSize: Int, isStream: Bool = true, hiding secrets: Secrets,
        description: CameraDescription = CameraDescription()
    ) {
        self.secrets = secrets
        let field = head.first("Content-Type")
        let type = field.flatMap { MediaType($0) }
        let layout: FrameAssembler.Layout =
            type?.type == "multipart" ? .multipart(boundary: type?.boundary) : .detect
        isText = type?.isText ?? false
        mediaTypeText =
            CameraText(field, hiding: secrets) { MediaType($0).map { "\($0.type)/\($0.subtype)" } } ?? "no media type"
        textLength = isText ? head.first("Content-Length").flatMap { Int($0) } : nil
        // Lengths before streams are often bogus; what is no stream shows in its bytes.
        body = BodyReader(head: head, isStream: isStream ? true : nil)
        assembler = FrameAssembler(layout: layout, maxFrameSize: maxFrameSize)
        isPictureType = type?.isJPEG ?? false
        isMultipart = type?.isMultipart ?? false
        pictureLength = type?.isJPEG == true ? head.first("Content-Length").flatMap { Int($0) } : nil
        var description = description
        description.mediaType = field.map { CameraText($0, hiding: secrets) }
        description.boundary = CameraText(field, hiding: secrets) { MediaType($0)?.boundary }
        description.server = head.first("Server").map { CameraText($0, hiding: secrets) }
        self.head = description
        partLength = isStream || type?.isMultipart == true ? nil : body.length
        guard let partLength else { return }
        body = BodyReader(head: head, isStream: true)
        // As a part, the picture keeps what stands behind its end within its length.
        assembler = FrameAssembler(layout: .multipart(boundary: "picture"), maxFrameSize: maxFrameSize, awaitsEndOfImage: true)
        slice = ByteBuffer(string: "--picture\r\nContent-Type: image/jpeg\r\nContent-Length: \(partLength)\r\n\r\n")
    }

    /// Reads the body of a request that brings pictures: its length counts, however many are in it, and each frame keeps the time that
    /// its sender gave it.
    ///
    /// - Parameter request: the request's fields, as a head.
    init(request: ResponseHead, maxFrameSize: Int, hiding secrets: Secrets, description: CameraDescription) {
        self.secrets = secrets
        let type = request.mediaType
        isText = false
        mediaTypeText = ""
        textLength = nil
        isPictureType = false
        isMultipart = type?.isMultipart ?? false
        pictureLength = nil
        partLength = nil
        body = BodyReader(head: request, isStream: false)
        let layout: FrameAssembler.Layout = type?.isMultipart == true ? .multipart(boundary: type?.boundary) : .detect
        assembler = FrameAssembler(layout: layout, maxFrameSize: maxFrameSize, keepsTimestamps: true)
        head = description
    }

    /// Whether the connection's end leaves the body whole.
    var endsWithConnection: Bool { body.endsWithConnection }

    /// What the head and the body so far say of the camera.
    var description: CameraDescription {
        var description = head
        description.take(Oddities(head).adding(assembler))
        if partLength == nil { description.learntBoundary = assembler.learntBoundary.map { CameraText($0, hiding: secrets) } }
        return description
    }

    /// What was odd so far.
    var quirks: Quirks { assembler.quirks }
    /// Pictures that did not go out so far.
    var picturesDropped: Int { assembler.framesDropped }

    /// Whether the body ends where it says, and not with the connection.
    var endsByItself: Bool { partLength != nil || body.endsByItself }

    /// Whether the body has ended by its own framing.
    var isEnded: Bool { partLength.map { bytesRead >= $0 } ?? body.isEnded }

    /// Whether bytes of the picture may stand behind the end of its body, since no whole picture stands before.
    var mayGoOn: Bool { partLength != nil && isEnded && frames == 0 }

    /// Whether more came than the head announced.
    var hasExcess: Bool { partLength.map { bytesRead > $0 } ?? false }

    /// Whether all that the head announces has come, and it was one picture; some cameras go on with more of them all the same.
    var seemsSinglePicture: Bool { frames == 1 && pictureLength.map { bytesRead == $0 } ?? false }

    /// Why the stream is over, once it is.
    var endError: CameraError {
        switch frames {
        case 0: isText ? .notAPicture(mediaType: mediaTypeText) : .noFrames
        case 1 where isPictureType: .singlePicture
        default: .ended
        }
    }

    /// The next frame from `input`, nil when all of it is read.
    mutating func next(_ input: inout ByteBuffer) throws(CameraError) -> Frame? {
        do {
            while true {
                if slice.readableBytes > 0 {
                    if let frame = try assembler.append(&slice, timestamp: .now()) {
                        frames += 1
                        return frame
                    }
                }
                if isText, frames == 0, let textLength, bytesRead > 0, bytesRead >= textLength {
                    throw CameraError.notAPicture(mediaType: mediaTypeText)
                }
                guard let more = try body.next(&input) else { return nil }
                if isText, bytesRead == 0, looksLikePage(more) { throw CameraError.notAPicture(mediaType: mediaTypeText) }
                bytesRead += more.readableBytes
                slice = more
            }
        } catch let error as AssemblyError {
            throw .unreadable(reason: "\(error)")
        } catch let error as CameraError {
            throw error
        } catch {
            throw .unreadable(reason: "\(error)")
        }
    }

    /// The frame that the end of the connection completes, if any.
    mutating func finish() -> Frame? {
        guard let frame = assembler.finish(timestamp: .now()) else { return nil }
        frames += 1
        return frame
    }

    /// A text that opens with `<`, `{` or `[` is a page or a message.
    private func looksLikePage(_ bytes: ByteBuffer) -> Bool {
        let first = bytes.readableBytesView.first { $0 > 0x20 }
        return first == UInt8(ascii: "<") || first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }
}
