import CameraClient
import Glibc
import NIOCore
import RelayConfiguration
import Text

/// Why the relay cannot run; the description is the operator's sentence.
package enum RelayError: Error, Sendable, CustomStringConvertible {
    /// An address cannot be bound.
    case cannotListen(ListenAddress, reason: String, isFamilyMissing: Bool)

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
        }
    }
}
