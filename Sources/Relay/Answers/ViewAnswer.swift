/// `/NAME/`: one source, large.
enum ViewAnswer {
    static func answer(of source: Source, to request: Request) -> HTTPAnswer {
        // On the operators' address the page must name the port at which viewers find the pictures. Behind a proxy the relay does not know
        // that port.
        let isElsewhere = request.scope == .admin && !request.requester.isForwarded
        let page = ViewPage(
            source: SourceReport(source, isForOperator: request.isOperator), up: request.target.up,
            viewersPort: isElsewhere ? request.served.viewersPort : nil)
        return .html(page.text, frameAncestors: request.frameAncestors)
    }
}
