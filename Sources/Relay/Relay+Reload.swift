import Certificates
import Logging
import NIOCore
import RelayConfiguration

extension Relay {
    /// Takes over the configuration that `read` brings, or changes nothing and says why.
    ///
    /// Only one reload runs at a time; requests during a reload cause one more reload after it. A stop takes precedence over reloads.
    ///
    /// - Returns: whether this call did the work; false where the call only asked the running reload for another round.
    package func reload(_ read: @escaping @Sendable () async -> Result<RelayConfiguration, ConfigurationError>) async -> Bool {
        reloadIsDue = true
        pendingReload = read
        guard !isReloading else { return false }
        isReloading = true
        defer { isReloading = false }
        while reloadIsDue, !isStopping {
            reloadIsDue = false
            await carryOut(read)
        }
        return true
    }

    /// Reads the file, and takes over what it says.
    func carryOut(_ read: @Sendable () async -> Result<RelayConfiguration, ConfigurationError>) async {
        switch await read() {
        case .success(let new):
            let old = fileConfiguration
            fileConfiguration = new
            useListers()
            if !(await apply(mirroring(new), isReload: true)) {
                fileConfiguration = old
                useListers()
            }
        case .failure(let error): refuse(error.problems.map { "\($0)" })
        }
    }

    /// Takes over what other relays have said of their sources.
    func applyLists() async {
        _ = await apply(mirroring(fileConfiguration), isReload: false)
    }

    private func refuse(_ problems: [String]) {
        for problem in problems { logger.error("\(problem)") }
        logger.error("the configuration is not reloaded; the old one holds", metadata: ["problems": "\(problems.count)"])
        gate.change { $0.reload = ReloadReport(time: .now(), problems: problems) }
    }

    /// Changes only the parts that differ, so that unchanged sources do not lose a frame.
    private func apply(_ new: RelayConfiguration, isReload: Bool) async -> Bool {
        let change: ListenerChange
        let watches: [CertificateWatch]
        do throws(RelayError) {
            watches = try await readCertificates(of: new)
            change = try await prepareListeners(new.wantedListeners)
        } catch {
            descriptors.use(SourceNeeds(configuration), listeners: listeners.count)
            refuse(["\(error)"])
            return false
        }
        guard !isStopping else {
            await abandon(change)
            return true
        }
        let old = configuration
        configuration = new
        WallClock.use(new.timeZone)
        useCertificates(watches)
        useDescriptors(listeners: listeners.count + change.unwanted.count)
        var counts = (added: 0, changed: 0, removed: 0)
        for source in new.sources {
            guard let known = running[source.name] else {
                running[source.name] = start(source)
                counts.added += 1
                continue
            }
            guard known.source.configuration != source else { continue }
            counts.changed += 1
            if known.source.use(source) { running[source.name] = restart(known) }
            known.source.pushAsConfigured()
        }
        serve { if isReload { $0.reload = ReloadReport(time: .now()) } }
        await notify()
        if isReload { await lookAtCertificates(all: true) }
        for source in gate.current.sources.all {
            source.hub.endViewers { [gate, weak source] admission in source.map { gate.mayStay($0, admission) } ?? false }
        }
        await finish(change)
        let names = Set(new.sources.map(\.name))
        for (name, removed) in running where !names.contains(name) {
            running[name] = nil
            counts.removed += 1
            removed.task.cancel()
            removed.source.endPublishing()
            removed.source.hub.endViewers()
        }
        guard isReload else {
            logger.info(
                "the sources of other relays have changed",
                metadata: ["added": "\(counts.added)", "changed": "\(counts.changed)", "removed": "\(counts.removed)"])
            return true
        }
        logger.info(
            "configuration reloaded",
            metadata: [
                "added": "\(counts.added)", "changed": "\(counts.changed)", "removed": "\(counts.removed)",
                "unchanged": "\(new.sources.count - counts.added - counts.changed)",
                "other_changes": "\(new.isEqualApartFromSources(to: old) ? "no" : "yes")",
            ])
        return true
    }

    /// Ends the connection to the camera, and dials anew; hub and viewers stay.
    private func restart(_ running: Running) -> Running {
        let (source, old) = (running.source, running.task)
        old.cancel()
        // The new dial begins after the old connection has ended, because a camera that allows one viewer would refuse a second.
        return Running(
            source: source,
            task: Task {
                await old.value
                if !Task.isCancelled { await source.run() }
            })
    }

    /// The listeners of a reload, before what is served has changed.
    private struct ListenerChange {
        /// Listeners that are bound, and not open yet.
        var new: [Listener] = []
        /// Listeners that are still open, except those that were closed because new ones could not be bound beside them.
        var unwanted: [Listener] = []
    }

    /// Binds new addresses and keeps the listeners that are still wanted. When an address cannot be bound, everything is as before.
    private func prepareListeners(_ wanted: [WantedListener]) async throws(RelayError) -> ListenerChange {
        let kept = listeners.filter { listener in wanted.contains { $0.name == listener.name } }
        let unwanted = listeners.filter { listener in !wanted.contains { $0.name == listener.name } }
        let missing = wanted.filter { one in !listeners.contains { $0.name == one.name } }
        // An address on the same port as a removed one can be bound only after the removed one is closed.
        let blocked = missing.filter { one in unwanted.contains { $0.name.address.blocks(one.address) } }
        let blocking = unwanted.filter { listener in blocked.contains { listener.name.address.blocks($0.address) } }

        let room = descriptors.roomForListeners
        guard missing.count <= room || missing.isEmpty else {
            throw RelayError.tooManyListeners(missing.count, room: max(0, room), limit: descriptors.limit)
        }
        descriptors.use(SourceNeeds(configuration), listeners: listeners.count + missing.count)
        var new = try await bindAll(missing.filter { !blocked.contains($0) })
        for listener in blocking { await listener.close() }
        do throws(RelayError) {
            new += try await bindAll(blocked)
        } catch {
            for listener in new { await listener.close() }
            let reopened = configuration.wantedListeners.filter { one in blocking.contains { $0.name == one.name } }
            let again = (try? await bindAll(reopened)) ?? []
            for listener in again { listener.open() }
            listeners = listeners.filter { listener in !blocking.contains { $0.name == listener.name } } + again
            throw error
        }
        let all = kept + new
        listeners = wanted.compactMap { one in all.first { $0.name == one.name } }
        return ListenerChange(new: new, unwanted: unwanted)
    }

    /// Opens new listeners and closes those that are no longer wanted.
    private func finish(_ change: ListenerChange) async {
        for listener in change.new {
            listener.open()
            logger.info("listening", metadata: ["address": "\(listener.shownAddress)"])
        }
        for listener in change.unwanted {
            await listener.close()
            logger.info("no longer listening", metadata: ["address": "\(listener.shownAddress)"])
        }
        descriptors.use(SourceNeeds(configuration), listeners: listeners.count)
        if isStopping { await closeAll() }
    }

    /// Closes the new listeners unopened, after a stop has overtaken the reload.
    private func abandon(_ change: ListenerChange) async {
        for listener in change.unwanted { await listener.close() }
        await closeAll()
    }

    private func closeAll() async {
        for listener in listeners { await listener.close() }
        listeners = []
    }
}

extension ListenAddress {
    /// Whether this address, while it is bound, keeps `other` from being bound: the same port on another host.
    fileprivate func blocks(_ other: ListenAddress) -> Bool {
        guard case .ip(_, let port) = self, case .ip(_, let otherPort) = other else { return false }
        return port == otherPort && port != 0
    }
}

extension RelayConfiguration {
    fileprivate func isEqualApartFromSources(to other: RelayConfiguration) -> Bool {
        var copy = self
        copy.sources = other.sources
        return copy == other
    }
}
