import Glibc

/// Asks the local network who has cameras: by WS-Discovery, as ONVIF cameras answer, and for web servers by multicast DNS.
package struct NetworkSearch: Sendable {
    /// Where WS-Discovery's questions go (section 2.4 of its specification).
    var onvifGroup = "239.255.255.250"
    var onvifPort = 3702
    /// Where multicast DNS's go (RFC 6762, section 3).
    var namesGroup = "224.0.0.251"
    var namesPort = 5353
    /// When they are asked, and when waiting ends, in milliseconds from the start.
    var sendTimes = [0, 500, 1500]
    var limit = 4000
    /// More than one network segment holds.
    private static let maxFinds = 256

    package init() {}

    /// What came of it.
    package struct Outcome: Sendable {
        package var finds: [NetworkFind] = []
        /// Whether the questions could be sent at all.
        package var canAsk = false

        package init() {}
    }

    /// How long it takes, in seconds.
    package var seconds: Int { limit / 1000 }

    /// Asks, and gathers the answers; blocks for ``limit``.
    package func run() -> Outcome {
        var outcome = Outcome()
        let services = ServiceMessage(service: "_http._tcp.local", id: .random(in: 1...UInt16.max))
        guard let onvif = MulticastSocket(), let names = MulticastSocket() else { return outcome }
        let start = MulticastDNS.now
        var sends = sendTimes[...]
        while MulticastDNS.now - start < limit, outcome.finds.count < Self.maxFinds {
            if let next = sends.first, MulticastDNS.now - start >= next {
                let areTaken = [
                    onvif.send(OnvifMessage.question(), to: onvifGroup, port: onvifPort),
                    names.send(services.question, to: namesGroup, port: namesPort),
                ]
                outcome.canAsk = outcome.canAsk || areTaken.contains(true)
                sends = sends.dropFirst()
            }
            // Nobody will answer what was not sent.
            if sends.isEmpty, !outcome.canAsk { return outcome }
            var found: [NetworkFind] = []
            if let answer = onvif.receive(within: 20) { found += OnvifMessage.finds(in: answer) }
            if let answer = names.receive(within: 20) { found += services.finds(in: answer) }
            for find in found where !outcome.finds.contains(find) && outcome.finds.count < Self.maxFinds { outcome.finds.append(find) }
        }
        return outcome
    }

    /// Whether any network of this machine takes multicast.
    package static var hasNetwork: Bool { !MulticastSocket.interfaces().isEmpty }
}
