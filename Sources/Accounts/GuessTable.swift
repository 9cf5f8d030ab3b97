/// Counts the wrong logins of each address, and says how long an address has to wait. The table has a bounded size.
///
/// Five wrong logins are free. Each further one doubles the wait, from 2 s to 60 s. An address without wrong logins for some time is
/// forgotten.
package struct GuessTable: Sendable {
    /// Wrong logins that cost no wait.
    static let freeTries = 5
    /// The longest wait in seconds.
    static let maxWait = 60
    /// Seconds without a wrong login after which an address is forgotten.
    static let memory = 900
    /// How many addresses are remembered; beyond this number, those without a wrong login for the longest time are forgotten.
    static let maxAddresses = 4096

    private struct Entry {
        var wrong = 0
        /// Seconds on the caller's clock.
        var last = 0
        var blockedUntil = 0
    }

    private var entries: [String: Entry] = [:]

    package init() {}

    /// The seconds that `address` has to wait before its next try; nil for none. `now` is in seconds on any clock.
    package mutating func wait(of address: String, at now: Int) -> Int? {
        guard let entry = entries[address] else { return nil }
        if now - entry.last > Self.memory {
            entries[address] = nil
            return nil
        }
        return entry.blockedUntil > now ? entry.blockedUntil - now : nil
    }

    /// Notes a wrong login of `address`.
    package mutating func noteWrong(from address: String, at now: Int) {
        if entries[address] == nil, entries.count >= Self.maxAddresses { makeRoom(at: now) }
        var entry = entries[address] ?? Entry()
        if now - entry.last > Self.memory { entry = Entry() }
        entry.wrong += 1
        entry.last = now
        let excess = entry.wrong - Self.freeTries
        if excess >= 0 { entry.blockedUntil = now + min(Self.maxWait, 2 << min(excess, 5)) }
        entries[address] = entry
    }

    /// Forgets half of the addresses, those that were quiet the longest, so that one pass through the table makes room for many.
    private mutating func makeRoom(at now: Int) {
        let lasts = entries.values.map(\.last).sorted()
        let middle = lasts[lasts.count / 2]
        entries = entries.filter { $0.value.last > middle || $0.value.blockedUntil > now }
        guard entries.count >= Self.maxAddresses, let oldest = entries.min(by: { $0.value.last < $1.value.last })?.key else { return }
        entries[oldest] = nil
    }
}
