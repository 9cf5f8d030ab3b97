/// How one viewer's connection carries frames; on its event loop.
protocol ViewerConnection {
    /// Whether the last frame has left the kernel for the network, so that the next may be written.
    var isDrained: Bool { get }
    /// Whether the last frame's last byte is handed to the kernel, so that the connection may be closed.
    var hasLeft: Bool { get }
    /// Bytes of the last frame that are not sent yet, those in the kernel included.
    var unsentBytes: Int { get }
    /// Whether silences are filled with repeats and placeholders.
    var wantsFilling: Bool { get }
    /// Writes one frame and returns its size on the wire in bytes.
    func write(_ newest: Hub.Newest) -> Int
    /// Ends the connection.
    func close()
}
