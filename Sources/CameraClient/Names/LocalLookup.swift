import Glibc
import NIOCore
import Synchronization

/// One look-up of a name that ends in `.local`: the system and the local network are asked side by side, since the system takes
/// ten seconds to say no where its nameserver is dead.
final class LocalLookup: Sendable {
    private let multicast: MulticastDNS
    private let system: @Sendable (String, Int) -> HostResolver.Outcome
    private let answers = Mutex<[HostResolver.Outcome]>([])
    private let semaphore: UnsafeSemaphore

    init(
        _ multicast: MulticastDNS, system: @escaping @Sendable (String, Int) -> HostResolver.Outcome = SystemLookup.addresses
    ) {
        self.multicast = multicast
        self.system = system
    }
}
