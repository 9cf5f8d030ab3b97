/// How one viewer's connection carries frames; on its event loop.
protocol ViewerConnection {
    /// Whether the last frame is with the kernel as a whole, so that the connection may be closed.
    var hasLeft: Bool { get }
    /// Whether it has also left the kernel for the network, so that the next frame may be written.
    var isDrained: Bool { get }
    /// Bytes of the last frame that have not left this machine yet.
    var unsentBytes: Int { get }
    /// Writes one frame and returns its size on the wire in bytes.
    func write(_ newest: Hub.Newest) -> Int
    /// Ends the connection.
    func close()
}
