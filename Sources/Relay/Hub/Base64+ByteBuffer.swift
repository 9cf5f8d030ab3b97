import NIOCore
import Text

extension Base64 {
    /// Appends the readable bytes of `source`, encoded.
    static func write(_ source: ByteBuffer, into buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length(of: source.readableBytes)) { target in
            source.withUnsafeReadableBytes { encode($0, into: target) }
        }
    }
}
