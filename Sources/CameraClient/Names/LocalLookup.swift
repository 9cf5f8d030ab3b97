import Dispatch
import Glibc
import NIOCore
import Synchronization

/// One look-up of a name that ends in `.local`: the system and the local network are asked side by side, and the first answer
/// with an address counts. Where a nameserver is dead, the system alone takes ten seconds to say no.
final class LocalLookup: Sendable {
    /// What both have said so far; a failure is what the system said.
    private struct Answers {
        var found: [SocketAddress]?
        var failure = HostResolver.LookupFailure(code: EAI_AGAIN, askedMulticast: true)
    }

    private let multicast: @Sendable (String, Int) -> [SocketAddress]
    private let system: @Sendable (String, Int) -> HostResolver.Outcome
    private let answers = Mutex(Answers())
    private let answered = DispatchSemaphore(value: 0)

    /// `system` and `multicast` may block; tests bring their own.
    init(
        multicast: @escaping @Sendable (String, Int) -> [SocketAddress],
        system: @escaping @Sendable (String, Int) -> HostResolver.Outcome = SystemLookup.addresses
    ) {
        self.multicast = multicast
        self.system = system
    }

    /// The name's addresses; blocks until one of the two finds some or both have failed. Call it once.
    func addresses(of host: String, port: Int) -> HostResolver.Outcome {
        let asked = [
            DetachedThread.start { self.take(self.multicast(host, port)) },
            DetachedThread.start {
                switch self.system(host, port) {
                case .success(let addresses): self.take(addresses)
                case .failure(let failure): self.take([], code: failure.code)
                }
            },
        ]
        for _ in asked.filter({ $0 }) {
            answered.wait()
            if let found = answers.withLock({ $0.found }) { return .success(found) }
        }
        return .failure(answers.withLock { $0.failure })
    }

    private func take(_ addresses: [SocketAddress], code: Int32? = nil) {
        answers.withLock { answers in
            if !addresses.isEmpty, answers.found == nil { answers.found = addresses }
            if let code { answers.failure = HostResolver.LookupFailure(code: code, askedMulticast: true) }
        }
        answered.signal()
    }
}
