import NIOCore

/// Asks all event loops for their figures of the sources' viewers.
enum GatheredReports {
    /// An answer to `request` that `make` writes from the reports of `sources`. With many sources, the answer is written off the event
    /// loops.
    ///
    /// Each event loop is asked once for all sources. A question for each source would make hundreds of promises for each request, and cost
    /// more than the answer.
    ///
    /// - Parameter form: a word that tells the answer from other answers to the same target and client.
    static func response(
        of sources: [Source], to request: Request, form: String, listsViewers: Bool, isForOperator: Bool,
        _ make: @escaping @Sendable ([SourceReport]) -> HTTPAnswer
    ) -> Response {
        let write = { @Sendable (parts: [[HubReport]]) in
            make(
                sources.enumerated().map { index, source in
                    var hub = HubReport()
                    for part in parts { hub.add(part[index]) }
                    return SourceReport(source, hub: hub, isForOperator: isForOperator)
                })
        }
        return .later { eventLoop in
            let gather = { @Sendable in
                // Every hub has a shard on each loop that serves viewers.
                let loops = sources.first?.hub.shards.map(\.eventLoop) ?? []
                let parts = loops.map { loop in
                    loop.submit { sources.map { $0.hub.shard(on: loop)?.report(listsViewers: listsViewers) ?? HubReport() } }
                }
                return EventLoopFuture.whenAllSucceed(parts, on: eventLoop)
            }
            guard sources.count >= KeptAnswers.many else { return gather().map(write) }
            let key =
                "\(form) \(isForOperator) \(listsViewers) \(request.scope) \(request.target.segments.count) "
                + "\(request.target.hasTrailingSlash) \(request.served.generation) " + sources.map(\.name).joined(separator: " ")
            return request.served.kept.answer(key, on: eventLoop, gather: gather, write: write)
        }
    }
}
