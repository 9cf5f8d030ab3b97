import NIOCore

/// Asks all event loops for what they know of the sources' viewers.
enum GatheredReports {
    /// An answer that `make` writes from the sources' reports.
    ///
    /// Each loop is asked once for all sources: a question for each source would keep several hundred promises for every request
    /// under way, and cost more than the answer.
    static func response(
        of sources: [Source], listsViewers: Bool, isForOperator: Bool, _ make: @escaping @Sendable ([SourceReport]) -> HTTPAnswer
    ) -> Response {
        .later { eventLoop in
            // Every hub has a shard on each loop that serves viewers.
            let loops = sources.first?.hub.shards.map(\.eventLoop) ?? []
            let parts = loops.map { loop in
                loop.submit { sources.map { $0.hub.shard(on: loop)?.report(listsViewers: listsViewers) ?? HubReport() } }
            }
            return EventLoopFuture.whenAllSucceed(parts, on: eventLoop).map { parts in
                make(
                    sources.enumerated().map { index, source in
                        var hub = HubReport()
                        for part in parts { hub.add(part[index]) }
                        return SourceReport(source, hub: hub, isForOperator: isForOperator)
                    })
            }
        }
    }
}
