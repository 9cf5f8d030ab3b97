import NIOCore

extension ByteBuffer {
    /// Takes a head up to and with its blank line, nil while it is not complete.
    package mutating func readHead() -> String? {
        guard let end = readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        return readString(length: end.upperBound - readerIndex)
    }
}
