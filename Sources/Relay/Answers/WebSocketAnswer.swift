/// `/NAME/ws`, and the port of `-w`: the pictures as messages.
enum WebSocketAnswer {
    /// `form` says how frames are put into messages; nil: as the query says.
    static func response(of source: Source, to request: Request, form: WebSocketForm? = nil) -> Response {
        guard request.served.stage != .draining else { return .answer(.shuttingDown) }
        do throws(QueryError) {
            // The older relay's clients ask for any path, with any query.
            let wishes = try form == nil ? ViewerWishes(request.target) : ViewerWishes()
            let isRelay = form == nil && RelayWire.isWatch(request.head.headers)
            var form = if let form { form } else { try WebSocketForm(target: request.target) }
            var chain: [String] = []
            if isRelay {
                form = .relay
                chain = RelayChain.ids(in: request.head.headers["Via"])
                guard !chain.contains(source.chain.ownID) else { return .answer(.loop) }
                guard chain.count <= RelayChain.maxHops else { return .answer(.tooManyRelays) }
            }
            let policy = request.served.access.cors
            let named = request.target.value("origin")
            let isAllowed = PictureAccess.allowsWebSocket(
                request.head, policy, host: request.requester.host, originInQuery: named, isByLink: request.linkQuery != nil)
            guard isAllowed else {
                return .answer(request.requester.isTrusted ? .foreignPage : .foreignPage.suspectingProxy)
            }
            let origin = request.requester.origin
            return .webSocket(
                source,
                WebSocketRequest(
                    form: form, wishes: form == .relay ? ViewerWishes(onLoss: .silent) : wishes, origin: origin,
                    admission: request.admission, isCapped: request.isCapped, chain: chain))
        } catch {
            return .answer(.badQuery(error))
        }
    }
}

extension HTTPAnswer {
    fileprivate static let loop = HTTPAnswer.text(
        .loopDetected, "these pictures come from the relay that asks for them; take one of the relays out of the loop")
    fileprivate static let tooManyRelays = HTTPAnswer.text(
        .loopDetected, "the pictures would go through more than \(RelayChain.maxHops) relays")
    fileprivate static let foreignPage = HTTPAnswer.text(
        .forbidden, "pages of this origin may not read pictures; a proxy that hides the relay's name must be named in trusted_proxies")
}
