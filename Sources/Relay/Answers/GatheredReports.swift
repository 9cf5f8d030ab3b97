import NIOCore

/// Asks all event loops for what they know of the sources' viewers.
enum GatheredReports {
    /// An answer that `make` writes from the sources' reports.
    static func response(
        of sources: [Source], listsViewers: Bool, isForOperator: Bool, _ make: @escaping @Sendable ([SourceReport]) -> HTTPAnswer
    ) -> Response {
        .later { eventLoop in
            let hubs = sources.map { $0.hub.report(listsViewers: listsViewers, on: eventLoop) }
            return EventLoopFuture.whenAllSucceed(hubs, on: eventLoop).map { hubs in
                make(zip(sources, hubs).map { SourceReport($0, hub: $1, isForOperator: isForOperator) })
            }
        }
    }
}
