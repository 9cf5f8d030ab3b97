import CameraClient
import Glibc
import NIOCore
import RelayConfiguration
import Text

/// Why the relay cannot run; the description is the operator's sentence.
package enum RelayError: Error, Sendable, CustomStringConvertible {
    /// An address cannot be bound.
    case cannotListen(ListenAddress, reason: String, isFamilyMissing: Bool)
    /// More new addresses than there is room for among the open files.
    case tooManyListeners(Int, room: Int, limit: Int)

    static func cannotListen(_ address: ListenAddress, _ error: any Error) -> RelayError {
        let number = (error as? IOError)?.errnoCode
        return .cannotListen(address, reason: SystemError.message(of: error), isFamilyMissing: number == EAFNOSUPPORT)
    }

    /// Whether the machine lacks the address family altogether, as one without IPv6 does.
    var isAddressFamilyMissing: Bool {
        if case .cannotListen(_, _, let isFamilyMissing) = self { isFamilyMissing } else { false }
    }

    package var description: String {
        switch self {
        case .cannotListen(let address, let reason, _): "cannot listen on \(address): \(reason)"
        case .tooManyListeners(let count, let room, let limit):
            "cannot listen on \(count) new addresses: of the limit of open files, \(limit), there are \(room) left for them; raise it "
                + "(ulimit -n), or try again when there are fewer viewers"
        }
    }
}
