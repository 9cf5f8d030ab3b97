/// `/NAME/stream`: the pictures one behind the other.
enum StreamAnswer {
    static func response(of source: Source, to request: Request) -> Response {
        guard request.served.stage != .draining else { return .answer(.shuttingDown) }
        do throws(QueryError) {
            let wishes = try ViewerWishes(request.target)
            let form = try StreamForm(headers: request.head.headers, target: request.target)
            return .stream(
                source,
                StreamRequest(
                    form: form, wishes: wishes, origin: request.requester.origin, admission: request.admission,
                    headers: request.pictureHeaders))
        } catch {
            return .answer(.badQuery(error))
        }
    }
}
