/// `/NAME/healthz`: whether a source is well.
enum HealthAnswer {
    static func answer(of source: Source, to request: Request) -> HTTPAnswer {
        let report = SourceReport(source, isForOperator: request.isOperator)
        return .text(report.status.state.isWell ? .ok : .serviceUnavailable, report.sentence)
    }
}
