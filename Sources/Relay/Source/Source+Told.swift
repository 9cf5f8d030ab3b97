import CameraClient
import Logging
import Text

/// How a source goes on whose camera is another relay, which says how its own camera is.
extension Source {
    /// Takes the state that the other relay is in, on the source's event loop.
    func take(told name: String, _ error: CameraError?) {
        guard let state = SourceState(rawValue: name) else { return }
        let before = told.withLock { told in
            defer { told = state }
            return told
        }
        switch state {
        case .streaming:
            let hasPicture = hub.newest != nil
            change { $0.show(hasPicture ? .streaming : .connecting) }
        case .idle, .connecting:
            change { $0.show(.connecting) }
        case .off, .closed, .stalled, .waiting, .refused:
            let known = current.withLock { status in
                defer { status.lastError = error ?? status.lastError }
                return status.lastError
            }
            if let error, before != state || known?.code != error.code {
                let isNews = machine.withLock { $0.isNews(error) }
                let reason = secrets.hide(in: error.description).shown(limit: Self.maxReasonLength)
                logger.log(level: isNews ? .warning : .debug, "the other relay has no picture", metadata: ["reason": "\(reason)"])
            }
            change { $0.show(state) }
        }
    }

    /// A picture that the other relay repeats was taken over: where its camera is well, that is all there is to see.
    func noteAdopted() {
        guard told.withLock({ $0 }) == .streaming, machine.withLock({ $0.state }) == .connecting, hub.newest != nil else { return }
        change { $0.show(.streaming) }
    }
}
