import CameraURL
import Logging
import RelayConfiguration

/// The sources of other relays beside those of the file.
extension Relay {
    /// Hears from the relays that the file names, and no longer from others; what is unchanged stays connected.
    func useListers() {
        let wanted = fileConfiguration.relays
        for lister in listers where !wanted.contains(lister.relay) {
            lister.end()
            lists[lister.relay.name] = nil
        }
        listers = wanted.map { relay in
            if let known = listers.first(where: { $0.relay == relay }) { return known }
            let lister = RelayLister(relay)
            lister.start(
                via: RelayChain(ownID: id).via, eventLoop: group.next(), resolver: resolver, clock: clock, logger: logger
            ) { [weak self, weak lister] list in
                guard let self, let lister else { return }
                await self.take(list, of: lister)
            }
            return lister
        }
        gate.change { [listers] in $0.listers = listers }
    }

    private func take(_ list: [ListedSource], of lister: RelayLister) async {
        guard !isStopping, listers.contains(where: { $0 === lister }), lists[lister.relay.name] != list else { return }
        lists[lister.relay.name] = list
        // A reload that is at work takes the new list with it, or what follows does.
        while isReloading { try? await clock.sleep(for: .milliseconds(10)) }
        isReloading = true
        defer { isReloading = false }
        await applyLists()
        while reloadIsDue, !isStopping, let pendingReload {
            reloadIsDue = false
            await carryOut(pendingReload)
        }
    }

    /// The file's configuration with the sources of other relays behind its own. A name of the file wins, then the first relay's.
    func mirroring(_ file: RelayConfiguration) -> RelayConfiguration {
        var (result, names) = (file, Set(file.sources.map(\.name)))
        for relay in file.relays {
            var (taken, count) = ([] as [String], 0)
            for listed in lists[relay.name] ?? [] {
                let name = relay.prefix + listed.name
                guard SourceConfiguration.isName(name), !listed.path.contains(id) else { continue }
                guard names.insert(name).inserted else {
                    taken.append(name)
                    continue
                }
                result.sources.append(Self.source(listed, named: name, of: relay))
                count += 1
            }
            guard let lister = listers.first(where: { $0.relay.name == relay.name }) else { continue }
            if lister.report.takenNames != taken, !taken.isEmpty {
                logger.warning(
                    "sources of another relay have names that are taken here",
                    metadata: ["relay": "\(relay.name)", "names": "\(taken.prefix(20).joined(separator: ", "))"])
            }
            lister.change { report in
                report.sources = count
                report.takenNames = Array(taken.prefix(100))
            }
        }
        return result
    }

    private static func source(_ listed: ListedSource, named name: String, of relay: MirroredRelay) -> SourceConfiguration {
        var source = relay.defaults
        source.name = name
        let upstreams = relay.urls.map { SourceConfiguration.Upstream.relay(MirroredRelay.address($0, "/\(listed.name)/ws")) }
        source.upstream = upstreams.first ?? source.upstream
        source.alternatives = Array(upstreams.dropFirst())
        source.headers = []
        source.interval = nil
        source.onDemand = true
        source.isListed = listed.isListed
        source.onLoss = listed.onLoss
        source.verifiesCertificate = relay.verifiesCertificate
        source.certificateFingerprint = relay.certificateFingerprint
        source.relayPath = listed.path
        return source
    }
}
