import MJPEG
import Pacing

/// How one viewer's connection carries frames; on its event loop.
protocol ViewerConnection: AnyObject {
    /// Whether the next frame may be written, as far as is known without asking the kernel.
    var isReady: Bool { get }
    /// Whether the last frame is with the kernel as a whole.
    var isDrained: Bool { get }
    /// Whether the viewer says of each frame that it has seen it; see ``Viewer/frameSeen(_:)``.
    var isAcknowledged: Bool { get }
    /// What the kernel knows of what was sent; asks it.
    var sample: PathSample { get }
    /// Bytes that the kernel has taken and that a next frame would wait behind; asks the kernel.
    var backlog: Int { get }
    /// Writes one frame and returns its size on the wire in bytes.
    func write(_ newest: Hub.Newest) -> Int
    /// Ends the connection behind what was written and `last`, a picture to leave behind where there is one.
    func end(with last: Frame?)
    /// Whether the viewer is another relay.
    var isRelay: Bool { get }
}

extension ViewerConnection {
    var isRelay: Bool { false }
}
