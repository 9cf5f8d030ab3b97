import NIOCore

/// `/metrics`: the status for Prometheus.
enum MetricsAnswer {
    static func response(of sources: [Source], to request: Request) -> Response {
        let relay = RelayReport(request.served, isForOperator: request.isOperator)
        return GatheredReports.response(
            of: sources, to: request, form: "metrics \(request.isOperator)", listsViewers: false, isForOperator: false
        ) { reports in
            let text = MetricsText.of(relay: relay, sources: reports)
            return HTTPAnswer(.ok, type: "text/plain; version=0.0.4; charset=utf-8", body: ByteBuffer(string: text))
        }
    }
}
