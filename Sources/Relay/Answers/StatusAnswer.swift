import NIOCore

/// `/status` and `/NAME/status`: a page, or JSON for programs.
enum StatusAnswer {
    static func response(of sources: [Source], to request: Request, isForAll: Bool) -> Response {
        let target = request.target
        let wantsJSON: Bool
        let wantsViewers: Bool
        do throws(QueryError) {
            wantsJSON = try Self.wantsJSON(request)
            wantsViewers = try target.flag("viewers") ?? true
        } catch {
            return .answer(.badQuery(error))
        }
        let isOperator = request.isOperator
        let listsViewers = isOperator && wantsViewers && (wantsJSON || !isForAll)
        let relay = RelayReport(request.served, isForOperator: isOperator)
        let hasDashboard = request.scope == .relay || request.scope == .admin
        return GatheredReports.response(
            of: sources, to: request, form: "status \(wantsJSON) \(isForAll)", listsViewers: listsViewers, isForOperator: isOperator
        ) { reports in
            guard wantsJSON else {
                let page = StatusPage(
                    relay: relay, sources: reports, isForAll: isForAll, hasDashboard: hasDashboard, up: target.up, base: target.base)
                return .html(page.text, frameAncestors: request.frameAncestors, headers: ["Vary": "Accept"])
            }
            if !isForAll, let report = reports.first {
                return .json(.object(report.members(listsViewers: listsViewers) + [relay.timeMember]))
            }
            let list = reports.map { JSONValue.object($0.members(listsViewers: listsViewers)) }
            return .json(.object(relay.jsonMembers + [("sources", .array(list))]))
        }
    }

    private static func wantsJSON(_ request: Request) throws(QueryError) -> Bool {
        switch request.target.value("format") {
        case "json": true
        case "html": false
        case nil: request.head.headers["Accept"].contains { $0.contains("application/json") }
        default: throw QueryError(sentence: "format is html or json")
        }
    }
}

extension RelayReport {
    init(_ served: Served, isForOperator: Bool) {
        self.init(
            version: served.version, uptime: .now() - served.started, reload: served.reload, certificates: served.certificates,
            relays: served.listers.map { ($0.relay, $0.report) },
            isForOperator: isForOperator,
            process: .recent)
    }
}
