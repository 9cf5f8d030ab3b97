import CameraClient
import NIOCore
import RelayConfiguration
import Synchronization

/// How it stands with one relay that a source is pushed to; any thread.
final class PushReport: Sendable {
    /// What is known at one moment.
    struct Values: Sendable {
        /// `connecting`, `streaming` while connected, `waiting` or `refused`.
        var state = SourceState.connecting
        /// Why the last connection ended; nil while none did.
        var error: CameraError?
        /// Why the present connection is being ended by us.
        var ending: CameraError?
        var nextDial: NIODeadline?
        /// Whether pictures are wanted there.
        var isWanted = false
        var framesSent: UInt64 = 0
        var bytesSent: UInt64 = 0
    }

    private let state = Mutex(Values())

    var values: Values { state.withLock { $0 } }

    func change(_ body: (inout Values) -> Void) { state.withLock { body(&$0) } }
}
