import MJPEG
import Testing

/// A stream of a camera, and what is to become of it.
struct Stream: CustomTestStringConvertible, Sendable {
    var name: String
    var layout = FrameAssembler.Layout.multipart(boundary: "x")
    var bytes: [UInt8] = []
    var frames: [[UInt8]] = []
    /// After how many bytes each frame is whole, for those whose moment is the point.
    var moments: [Int?] = []
    var quirks: [Quirks] = []
    var dropped = 0

    var testDescription: String { name }

    init(_ name: String, boundary: String? = "x") {
        self.name = name
        layout = .multipart(boundary: boundary)
    }

    /// Adds bytes that belong to no frame.
    func text(_ text: String) -> Stream {
        bytes(Array(text.utf8))
    }

    func bytes(_ more: [UInt8]) -> Stream {
        var stream = self
        stream.bytes += more
        return stream
    }

    /// Adds bytes that are a frame; it is due with the last of them, or when it is due is left open.
    func frame(_ jpeg: [UInt8], late: Bool = false) -> Stream {
        var stream = bytes(jpeg)
        stream.frames.append(jpeg)
        stream.moments.append(late ? nil : stream.bytes.count)
        return stream
    }

    /// Adds bytes that are a frame, which is due `behind` bytes after the last of them.
    func frame(_ jpeg: [UInt8], behind: Int) -> Stream {
        var stream = frame(jpeg)
        stream.moments[stream.moments.count - 1] = stream.bytes.count + behind
        return stream
    }

    func odd(_ quirks: Quirks...) -> Stream {
        var stream = self
        stream.quirks += quirks
        return stream
    }

    func layout(_ layout: FrameAssembler.Layout) -> Stream {
        var stream = self
        stream.layout = layout
        return stream
    }

    func dropping(_ count: Int) -> Stream {
        var stream = self
        stream.dropped = count
        return stream
    }

    /// Adds the same for each of some JPEGs.
    func each(_ jpegs: [[UInt8]], _ add: (Stream, [UInt8]) -> Stream) -> Stream {
        jpegs.reduce(self, add)
    }

    /// Adds to it for each of some JPEGs, by its number.
    func each(_ jpegs: [[UInt8]], _ add: (Stream, [UInt8], Int) -> Stream) -> Stream {
        jpegs.enumerated().reduce(self) { add($0, $1.element, $1.offset) }
    }
}
