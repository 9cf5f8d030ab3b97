/// `/NAME/`: one source, large.
enum ViewAnswer {
    static func answer(of source: Source, to request: Request) -> HTTPAnswer {
        // On the operators' address the page must name the port where viewers find the pictures; through a proxy it cannot know it.
        let isElsewhere = request.scope == .admin && !request.requester.isForwarded
        let page = ViewPage(
            source: SourceReport(source, isForOperator: request.isOperator), up: request.target.up,
            viewersPort: isElsewhere ? request.served.viewersPort : nil)
        return .html(page.text, frameAncestors: request.frameAncestors)
    }
}
