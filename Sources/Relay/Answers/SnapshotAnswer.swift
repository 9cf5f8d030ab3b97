import CameraClient
import NIOCore
import NIOHTTP1
import RelayConfiguration

/// `/NAME/snapshot`: the newest frame as one picture. Reads the query and makes the answer.
struct SnapshotAnswer: Sendable {
    /// The longest that a request may wait.
    static let maxWait = Duration.seconds(60)
    /// How long `?action=snapshot` waits for a fresh frame, as mjpg-streamer's users expect.
    static let actionWait = Duration.seconds(1)

    /// A frame older than this is answered with 503; nil: `stall_timeout`.
    var maxAge: Duration?
    /// How long to wait for a frame whose first byte comes after the request; nil: the newest frame is answered at once.
    var wait: Duration?
    /// Whether the newest frame is answered when no such frame came in time; else 503.
    var fallsBack = false
    /// With `wake=0`, the answer is the last frame, however old, and no camera is connected for it.
    var wakes = true

    /// Reads the query; throws the sentence for a 400.
    init(_ target: RequestTarget) throws(QueryError) {
        if let text = target.value("max_age") {
            guard let age = DurationText.parse(text) else { throw QueryError(sentence: "max_age is a duration, such as 2s") }
            maxAge = age
        }
        if let text = target.value("wait") {
            guard let time = DurationText.parse(text), time <= Self.maxWait else {
                throw QueryError(sentence: "wait is a duration of at most 60s, such as 5s")
            }
            wait = time
        } else if target.action == "snapshot" {
            wait = Self.actionWait
            fallsBack = true
        }
        wakes = try target.flag("wake") ?? true
    }

    static func response(of source: Source, to request: Request) -> Response {
        guard request.served.stage != .draining else { return .answer(.shuttingDown) }
        let snapshot: SnapshotAnswer
        let onLoss: SourceConfiguration.OnLoss?
        do throws(QueryError) {
            snapshot = try SnapshotAnswer(request.target)
            onLoss = try ViewerWishes(request.target).onLoss
        } catch {
            return .answer(.badQuery(error))
        }
        let answer = { @Sendable (newest: Hub.Newest?) in snapshot.answer(with: newest, of: source, to: request, onLoss: onLoss) }
        // HEAD connects no camera and waits for no frame.
        guard snapshot.wakes, request.head.method != .HEAD else { return .answer(answer(source.hub.newest)) }
        guard let wait = snapshot.wait else {
            return .later { eventLoop in source.snapshot(on: eventLoop).map(answer) }
        }
        return .later { eventLoop in
            source.freshSnapshot(within: wait, on: eventLoop).flatMap { fresh in
                if let fresh { return eventLoop.makeSucceededFuture(answer(fresh)) }
                if snapshot.fallsBack { return source.snapshot(on: eventLoop).map(answer) }
                let sentence = "no new picture came within \(wait.formattedSeconds)"
                return eventLoop.makeSucceededFuture(.text(.serviceUnavailable, sentence, headers: ["Retry-After": "2"]))
            }
        }
    }

    /// 200 with the picture while the picture is young enough; else 503 with the time to ask again, because nobody may take an old picture
    /// for a new one. The body of the 503 is the placeholder, so that both people and programs notice; with `on_loss: silent` the body is a
    /// text.
    private func answer(
        with newest: Hub.Newest?, of source: Source, to request: Request, onLoss: SourceConfiguration.OnLoss?
    ) -> HTTPAnswer {
        let now = NIODeadline.now()
        let policy = source.hub.policy
        var headers = request.pictureHeaders
        let limit = maxAge.map { TimeAmount($0) } ?? policy.stallTimeout
        guard let newest, !wakes || (!policy.isOff && now - newest.arrival < limit) else {
            headers.add(name: "Retry-After", value: "2")
            // A camera that is well has no placeholder.
            if let newest, !policy.isOff, now - newest.arrival < policy.stallTimeout {
                return .text(.serviceUnavailable, "the newest picture is too old", headers: headers)
            }
            if (onLoss ?? policy.onLoss) == .silent {
                let sentence = SourceReport(source, isForOperator: request.isOperator).sentence
                return .text(.serviceUnavailable, sentence, headers: headers)
            }
            return HTTPAnswer(.serviceUnavailable, type: "image/jpeg", body: policy.placeholder, headers: headers)
        }
        let tag = "\"\(source.hub.tag)-\(newest.sequence)\""
        headers.add(name: "X-Timestamp", value: "\(newest.frame.timestamp)")
        headers.add(name: "Last-Modified", value: HTTPDate.text(newest.frame.timestamp))
        headers.add(name: "Age", value: String((now - newest.arrival).nanoseconds / 1_000_000_000))
        headers.add(name: "ETag", value: tag)
        let isKnown = request.head.knows(tag: tag)
        if !isKnown, request.head.method != .HEAD { source.hub.countSnapshot(bytes: newest.frame.jpegLength) }
        var answer = HTTPAnswer(
            isKnown ? .notModified : .ok, type: "image/jpeg", body: isKnown ? ByteBuffer() : newest.frame.jpeg, headers: headers)
        // Browsers may keep the picture, caches in between may not, and each use needs a question to the relay.
        answer.headers.replaceOrAdd(name: "Cache-Control", value: "private, no-cache, no-transform")
        return answer
    }
}

extension Source {
    /// The first frame whose first byte comes from now on; nil when no such frame is complete in time. An on-demand camera is kept
    /// connected meanwhile, as for a snapshot. Call it on `eventLoop`.
    fileprivate func freshSnapshot(within limit: Duration, on eventLoop: any EventLoop) -> EventLoopFuture<Hub.Newest?> {
        let asked = NIODeadline.now()
        let end = asked + TimeAmount(limit)
        hub.demand.snapshotBegan()
        @Sendable func next() -> EventLoopFuture<Hub.Newest?> {
            hub.next(on: eventLoop, within: max(.zero, end - .now())).flatMap { newest in
                guard let newest, newest.start < asked else { return eventLoop.makeSucceededFuture(newest) }
                return next()
            }
        }
        let frame = next()
        let hold = TimeAmount(configuration.snapshotLinger)
        frame.whenComplete { _ in self.hub.demand.snapshotEnded(holdUntil: .now() + hold) }
        return frame
    }
}
