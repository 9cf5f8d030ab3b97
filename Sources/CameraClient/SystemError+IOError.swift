import NIOCore
import Text

extension SystemError {
    /// The system's words where `error` is a failed system call, the error's own description else.
    package static func message(of error: any Error) -> String {
        (error as? IOError).map { message($0.errnoCode) } ?? "\(error)"
    }
}
