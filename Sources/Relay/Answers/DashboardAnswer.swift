/// `/`: the page with all sources.
enum DashboardAnswer {
    static func answer(to request: Request) -> HTTPAnswer {
        let reports = request.listed.map { SourceReport($0, isForOperator: request.isOperator) }
        return .html(DashboardPage(sources: reports, up: request.target.up).text, frameAncestors: request.frameAncestors)
    }
}
