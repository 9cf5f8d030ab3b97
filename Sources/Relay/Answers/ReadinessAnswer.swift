/// `/readyz`: whether the relay takes requests; with `?strict=1` also whether every source is well.
enum ReadinessAnswer {
    static func answer(of sources: [Source], to request: Request) -> HTTPAnswer {
        let isStrict: Bool
        do throws(QueryError) {
            isStrict = try request.target.flag("strict") ?? false
        } catch {
            return .badQuery(error)
        }
        switch request.served.stage {
        case .starting: return .text(.serviceUnavailable, "starting")
        case .draining: return .text(.serviceUnavailable, "shutting down")
        case .ready:
            let down = sources.filter { !$0.status.state.isWell }
            guard isStrict, !down.isEmpty else { return .text(.ok, "ready") }
            // This route needs no login, so where there are users the answer names no source.
            let names = request.served.access.hasUsers ? "\(down.count) of \(sources.count)" : down.map(\.name).joined(separator: ", ")
            return .text(.serviceUnavailable, "not streaming: \(names)")
        }
    }
}
