import NIOCore
import Text

/// A frame as the text `data:image/jpg;base64,…`, made once for all the viewers on a loop that want it.
struct DataURL {
    private var sequence: UInt64 = 0
    private var text = ByteBuffer()

    /// The text of `newest`, from the last call if it was for the same frame.
    mutating func text(of newest: Hub.Newest) -> ByteBuffer {
        // A placeholder has no number of its own.
        guard newest.frame.kind != .placeholder else { return Self.encode(newest.frame.jpeg) }
        if sequence != newest.sequence {
            sequence = newest.sequence
            text = Self.encode(newest.frame.jpeg)
        }
        return text
    }

    private static func encode(_ jpeg: ByteBuffer) -> ByteBuffer {
        let prefix: StaticString = "data:image/jpg;base64,"
        var text = ByteBufferAllocator().buffer(capacity: prefix.utf8CodeUnitCount + Base64.length(of: jpeg.readableBytes))
        text.writeStaticString(prefix)
        Base64.write(jpeg, into: &text)
        return text
    }
}
