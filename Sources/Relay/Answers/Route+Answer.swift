extension Route {
    /// The answer to a request for this route. Each kind of answer is a type of its own.
    func response(to request: Request) -> Response {
        switch self {
        case .index: .answer(DashboardAnswer.answer(to: request))
        case .status: StatusAnswer.response(of: request.listed, to: request, isForAll: true)
        case .metrics: MetricsAnswer.response(of: request.listed, to: request)
        case .healthz: .answer(.text(.ok, "alive"))
        case .readyz: .answer(ReadinessAnswer.answer(of: request.allListed, to: request))
        case .list: .list(request)
        case .wall: .answer(WallAnswer.answer(to: request))
        case .file(let name): .answer(PageFile.answer(name, to: request.head) ?? .notFound)
        case .redirect(let location): .answer(.redirect(to: request.handingOn(location)))
        case .notFound: .answer(.notFound)
        case .badQuery(let sentence): .answer(.badQuery(QueryError(sentence: sentence)))
        case .source(let name, let view):
            if let source = request.served.sources[name] { view.response(of: source, to: request) } else { .answer(.noSuchSource) }
        }
    }
}

extension Route.View {
    /// The answer to a request for this view of `source`.
    func response(of source: Source, to request: Request) -> Response {
        switch self {
        case .stream: StreamAnswer.response(of: source, to: request)
        case .webSocket: WebSocketAnswer.response(of: source, to: request)
        case .webSocketText: WebSocketAnswer.response(of: source, to: request, form: .dataURL)
        case .snapshot: SnapshotAnswer.response(of: source, to: request)
        case .status: StatusAnswer.response(of: [source], to: request, isForAll: false)
        case .metrics: MetricsAnswer.response(of: [source], to: request)
        case .readyz: .answer(ReadinessAnswer.answer(of: [source], to: request))
        case .healthz: .answer(HealthAnswer.answer(of: source, to: request))
        case .page: .answer(ViewAnswer.answer(of: source, to: request))
        case .pageWithoutSlash: .answer(.redirect(to: request.handingOn("\(source.name)/")))
        case .embed: .answer(EmbedAnswer.answer(of: source, to: request))
        // The gate asks publishers for their own login first.
        case .publish: .answer(.notFound)
        }
    }
}
