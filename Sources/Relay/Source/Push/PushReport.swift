import CameraClient
import NIOCore
import RelayConfiguration
import Synchronization

/// The state of the connection to one relay that a source is pushed to. Any thread may use it.
final class PushReport: Sendable {
    /// The values at one moment.
    struct Values: Sendable {
        /// `connecting`, `streaming` while connected, `waiting` or `refused`.
        var state = SourceState.connecting
        /// Why the last connection ended; nil while none has ended.
        var error: CameraError?
        /// Why this relay is ending the present connection.
        var ending: CameraError?
        var nextDial: NIODeadline?
        /// Whether the other relay wants pictures.
        var isWanted = false
        var framesSent: UInt64 = 0
        var bytesSent: UInt64 = 0
    }

    private let state = Mutex(Values())

    var values: Values { state.withLock { $0 } }

    func change(_ body: (inout Values) -> Void) { state.withLock { body(&$0) } }
}
