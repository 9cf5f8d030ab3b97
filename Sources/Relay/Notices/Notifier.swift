import CameraClient
import Logging
import NIOCore
import RelayConfiguration

/// Tells operators' programs and addresses that cameras are lost or back, as `notify` says.
///
/// The notifier looks at the sources' states at intervals, and takes no part in the way of pictures. At most one notice is under way for
/// each entry and source, and at most ``NotifyConfiguration/maxUnderWay`` for each entry; no notices are queued.
actor Notifier {
    /// The time between two looks at the sources' states.
    private static let interval = Duration.milliseconds(500)

    private struct Entry {
        var configuration: NotifyConfiguration
        /// By the names of sources.
        var watches: [String: LossWatch] = [:]
        var underWay = 0
        /// A number that tells an entry from another entry that took its place.
        let id: Int
    }

    private let descriptors: Descriptors
    private let resolver: HostResolver
    private let eventLoop: any EventLoop
    private let clock: any Clock<Duration>
    private let logger: Logger
    private var entries: [Entry] = []
    private var sources: [Source] = []
    private var looks: Task<Void, Never>?
    private var deliveries: [Int: Task<Void, Never>] = [:]
    private var lastID = 0
    private var isStopped = false

    init(descriptors: Descriptors, resolver: HostResolver, eventLoop: any EventLoop, clock: any Clock<Duration>, logger: Logger) {
        self.descriptors = descriptors
        self.resolver = resolver
        self.eventLoop = eventLoop
        self.clock = clock
        self.logger = logger
    }

    /// Takes over a configuration. An entry with the same receiver as before remembers the notices that the receiver got.
    func use(_ configuration: [NotifyConfiguration], sources: [Source]) {
        guard !isStopped else { return }
        self.sources = sources
        var old = entries
        entries = configuration.map { new in
            guard let index = old.firstIndex(where: { $0.configuration.target == new.target }) else {
                lastID += 1
                return Entry(configuration: new, id: lastID)
            }
            var entry = old.remove(at: index)
            let names = Set(sources.map(\.name).filter { new.tells(of: $0) })
            entry.watches = entry.watches.filter { names.contains($0.key) }
            for name in entry.watches.keys { entry.watches[name]?.after = TimeAmount(new.after) }
            entry.configuration = new
            return entry
        }
        if entries.isEmpty {
            looks?.cancel()
            looks = nil
        } else if looks == nil {
            looks = Task { [clock] in
                while (try? await clock.sleep(for: Self.interval)) != nil { look() }
            }
        }
    }

    /// Sends no more notices; notices under way are given up, and their programs are ended.
    func stop() async {
        isStopped = true
        looks?.cancel()
        let all = Array(deliveries.values)
        for delivery in all { delivery.cancel() }
        for delivery in all { await delivery.value }
    }

    private func look() {
        let now = NIODeadline.now()
        for index in entries.indices where !isStopped {
            for source in sources where entries[index].configuration.tells(of: source.name) {
                let status = source.status
                let mayTell = entries[index].underWay < NotifyConfiguration.maxUnderWay
                let after = entries[index].configuration.after
                let notice = entries[index].watches[source.name, default: LossWatch(after: after)].look(
                    source.name, status.state, since: status.since, reason: status.lastError.map { source.reasons(of: $0) }, at: now,
                    mayTell: mayTell)
                if let notice { bring(notice, index) }
            }
        }
    }

    private func bring(_ notice: Notice, _ index: Int) {
        entries[index].underWay += 1
        let entryID = entries[index].id
        lastID += 1
        let id = lastID
        let delivery = NoticeDelivery(
            entry: entries[index].configuration, notice: notice, descriptors: descriptors, resolver: resolver, eventLoop: eventLoop,
            clock: clock, logger: logger)
        deliveries[id] = Task {
            let hasArrived = await delivery.bring()
            deliveries[id] = nil
            guard let index = entries.firstIndex(where: { $0.id == entryID }) else { return }
            entries[index].underWay -= 1
            entries[index].watches[notice.source]?.ended(notice.state, hasArrived: hasArrived)
        }
    }
}

extension Source {
    /// Why the camera failed, once for operators and once for everybody else; without logins.
    fileprivate func reasons(of error: CameraError) -> (String, String) {
        let secrets = secrets
        return (
            secrets.hide(in: error.description).shown(limit: Self.maxReasonLength),
            secrets.hide(in: error.publicDescription).shown(limit: Self.maxReasonLength)
        )
    }
}
