import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Turns names into addresses without blocking anyone: each look-up in progress has a thread of its own.
///
/// The system's look-up cannot be interrupted; one that hangs is left behind and keeps its thread until it returns. At most
/// ``limit`` run at once, further ones wait their turn.
package final class HostResolver: Sendable {
    /// Look-ups in progress at once.
    static let limit = 16

    /// A name's addresses, or why there are none (a `getaddrinfo` error number).
    typealias Outcome = Result<[SocketAddress], LookupFailure>

    /// The system's reason for not finding a name.
    struct LookupFailure: Error, Equatable {
        let code: Int32
        /// Whether the local network was asked too.
        var askedMulticast = false
    }

    private struct Query: Sendable {
        let host: String
        let port: Int
        let answer: @Sendable (Outcome) -> Void
    }

    private struct State {
        var running = 0
        var waiting: [Query] = []
    }

    private let state = Mutex(State())
    private let system: @Sendable (String, Int) -> Outcome

    /// `system` does the look-up, on a thread that it may block; tests bring their own.
    init(system: @escaping @Sendable (String, Int) -> Outcome) {
        self.system = system
    }

    /// Asks the system's resolver, and for a name that ends in `.local` the local network where the system has no answer.
    package convenience init() {
        self.init(multicast: MulticastDNS())
    }

    /// Asks as above, the local network as `multicast` says.
    convenience init(multicast: MulticastDNS) {
        self.init(system: { host, port in
            let answer = Self.getAddresses(host: host, port: port)
            guard case .failure(let failure) = answer, MulticastDNS.isLocal(host) else { return answer }
            let found = multicast.addresses(of: host, port: port)
            return found.isEmpty ? .failure(LookupFailure(code: failure.code, askedMulticast: true)) : .success(found)
        })
    }

    /// Looks a name up; `answer` is called once, on some thread, possibly much later.
    func lookUp(host: String, port: Int, answer: @escaping @Sendable (Outcome) -> Void) {
        let query = Query(host: host, port: port, answer: answer)
        let runsNow = state.withLock { state in
            if state.running < Self.limit {
                state.running += 1
                return true
            }
            state.waiting.append(query)
            return false
        }
        if runsNow { run(query) }
    }

    private func run(_ query: Query) {
        let started = DetachedThread.start {
            query.answer(self.system(query.host, query.port))
            self.finished()
        }
        if !started {
            query.answer(.failure(LookupFailure(code: EAI_AGAIN)))
            finished()
        }
    }

    private func finished() {
        let next = state.withLock { state -> Query? in
            if state.waiting.isEmpty {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        if let next { run(next) }
    }

    /// Asks `getaddrinfo` for stream addresses of any family; blocks.
    private static func getAddresses(host: String, port: Int) -> Outcome {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_protocol = Int32(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return .failure(LookupFailure(code: code)) }
        defer { if let list { freeaddrinfo(list) } }
        var addresses: [SocketAddress] = []
        var entry = list
        while let info = entry?.pointee {
            if let address = info.ai_addr {
                switch info.ai_family {
                case AF_INET:
                    address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { addresses.append(SocketAddress($0.pointee)) }
                case AF_INET6:
                    address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { addresses.append(SocketAddress($0.pointee)) }
                default:
                    break
                }
            }
            entry = info.ai_next
        }
        return .success(addresses)
    }
}
