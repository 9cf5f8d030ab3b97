import CameraClient
import MJPEG
import NIOCore
import Synchronization
import Text

/// A publisher of a source, over one connection. Any thread may use it.
final class Publisher: Sendable {
    /// The publisher's identity and connection.
    struct Visitor: Sendable {
        /// The name in the login; empty where the login has no name.
        var name: String
        /// The address as the status shows it.
        var address: String
        /// The address without a port.
        var host: String
        /// The program's name for itself, cleaned for display.
        var program: CameraText?
        /// Whether the publisher is a relay, which tells the state of its own camera and sends pictures only while they are wanted.
        var isRelay = false
        /// Ends the connection at once; any thread may call it.
        var close: @Sendable () -> Void
        /// Tells a relay which frames are wanted; any thread may call it.
        var want: @Sendable (FrameWish) -> Void = { _ in }

        /// The publisher's description, as that of a camera.
        var description: CameraDescription {
            CameraDescription(address: CameraText(address, hiding: Secrets()), server: program)
        }
    }

    let visitor: Visitor
    let since = NIODeadline.now()
    /// Lets the publisher's frames through until another publisher has taken over.
    let gate = FrameGate()
    /// The source's event loop.
    private let eventLoop: any EventLoop
    /// A frame on its way to the source's event loop.
    private let slot = Mutex<Frame?>(nil)

    init(_ visitor: Visitor, eventLoop: any EventLoop) {
        self.visitor = visitor
        self.eventLoop = eventLoop
    }

    /// Whether no frame is on the way to the source's event loop.
    var isSettled: Bool { slot.withLock { $0 == nil } }

    /// Takes a frame from the connection's event loop to the source's event loop, where `deliver` gets it. A newer frame replaces a frame
    /// that is still on the way.
    func pass(_ frame: Frame, to deliver: @escaping @Sendable (Frame) -> Void) {
        let isFirst = slot.withLock { slot in
            defer { slot = frame }
            return slot == nil
        }
        guard isFirst else { return }
        eventLoop.execute {
            let frame = self.slot.withLock { slot in
                defer { slot = nil }
                return slot
            }
            guard let frame else { return }
            if self.gate.isOpen { deliver(frame) }
        }
    }
}
