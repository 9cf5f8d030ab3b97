import CameraClient
import MJPEG
import NIOCore
import Synchronization
import Text

/// Somebody who publishes a source over one connection, as the source knows it. Any thread may ask.
final class Publisher: Sendable {
    /// Who wants to publish, and over what.
    struct Visitor: Sendable {
        /// By the login; empty where that has no name.
        var name: String
        /// The address as the status shows it.
        var address: String
        /// The address without a port.
        var host: String
        /// What the program calls itself, cleaned.
        var program: CameraText?
        /// Whether it is a relay, which says how its own camera is and sends pictures only while they are wanted.
        var isRelay = false
        /// Has the connection ended at once; any thread.
        var close: @Sendable () -> Void
        /// Tells a relay what is wanted; any thread.
        var want: @Sendable (FrameWish) -> Void = { _ in }

        /// What is known of it as of a camera.
        var description: CameraDescription {
            CameraDescription(address: CameraText(address, hiding: Secrets()), server: program)
        }
    }

    let visitor: Visitor
    let since = NIODeadline.now()
    /// Lets its frames through until somebody else has taken over.
    let gate = FrameGate()
    /// The source's.
    private let eventLoop: any EventLoop
    /// A frame on its way to the source's event loop.
    private let slot = Mutex<Frame?>(nil)

    init(_ visitor: Visitor, eventLoop: any EventLoop) {
        self.visitor = visitor
        self.eventLoop = eventLoop
    }

    /// Whether no frame is on its way to the source's event loop.
    var isSettled: Bool { slot.withLock { $0 == nil } }

    /// Takes a frame from the connection's event loop to the source's, where `deliver` gets it; a newer one takes its place.
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
