import CameraURL
import Glibc
import NIOCore
import Text

extension CameraError {
    /// Finds the sentence for a connection that was not made.
    init(connectingTo url: CameraURL, _ error: any Error) {
        switch error {
        case let error as CameraError:
            self = error
        default:
            self = .connection(reason: "cannot connect to \(url.hostField): \(Self.sentence(error))")
        }
    }

    /// Finds the sentence for a connection that broke.
    init(connection error: any Error) {
        self = error as? CameraError ?? .connection(reason: "the connection broke: \(Self.sentence(error))")
    }

    private static func sentence(_ error: any Error) -> String {
        if case ChannelError.connectTimeout(let limit)? = error as? ChannelError {
            return "no answer within \(limit.nanoseconds / 1_000_000) ms"
        }
        return SystemError.message(of: error)
    }
}

extension HostResolver.LookupFailure {
    /// The system's words.
    var message: String {
        let reason = gai_strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
        return askedMulticast ? "\(reason), and multicast DNS (mDNS) has no answer either" : reason
    }
}
