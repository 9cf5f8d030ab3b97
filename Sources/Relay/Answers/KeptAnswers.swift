import NIOCore
import Synchronization

/// Keeps answers about so many sources that they take long to write. They are written off the event loops and kept for up to a second, so
/// that many open dashboards cost no more than one, and at most a twentieth of one processor. Answers to different addresses, queries and
/// clients are written one after the other; the reports for an answer are gathered when its turn comes. Any thread may call it.
final class KeptAnswers: Sendable {
    /// An answer about fewer sources is written at once for each request, so that it is up to date.
    static let many = 100
    /// How many times longer an answer is kept than its writing took.
    private static let keeping = 20
    /// The longest time that an answer is kept.
    private static let maxTime = TimeAmount.seconds(1)
    /// How many answers are kept, for different addresses, queries and clients.
    private static let maxCount = 64

    private enum Entry {
        /// The answer is being written; the requests in this list wait for it.
        case making([EventLoopPromise<HTTPAnswer>])
        case made(HTTPAnswer, until: NIODeadline)
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Starts the answers whose turn has not come. There are at most as many as connections.
        var waiting: [@Sendable () -> Void] = []
        var isWriting = false
    }

    private let state = Mutex(State())
    private let work = BackgroundWork()

    /// The answer for `key`. If none is kept, `gather` collects the reports from the event loops, and `write` makes the answer from them on
    /// another thread.
    func answer<Material: Sendable>(
        _ key: String, on eventLoop: any EventLoop, gather: @escaping @Sendable () -> EventLoopFuture<Material>,
        write: @escaping @Sendable (Material) -> HTTPAnswer
    ) -> EventLoopFuture<HTTPAnswer> {
        let promise = eventLoop.makePromise(of: HTTPAnswer.self)
        let begin = { @Sendable in
            gather().whenComplete { result in
                guard case .success(let material) = result else { return self.finish(key, .cannotBeGathered, keeping: .zero) }
                let isTaken = self.work.add {
                    let start = NIODeadline.now()
                    let answer = write(material)
                    self.finish(key, answer, keeping: (.now() - start) * Self.keeping)
                }
                if !isTaken { self.finish(key, .cannotBeGathered, keeping: .zero) }
            }
        }
        let (kept, isNext) = state.withLock { state in
            let (kept, isFirst) = take(promise, key, &state.entries)
            guard isFirst else { return (kept, false) }
            if state.isWriting { state.waiting.append(begin) }
            defer { state.isWriting = true }
            return (kept, !state.isWriting)
        }
        if let kept { promise.succeed(kept) }
        if isNext { begin() }
        return promise.futureResult
    }

    /// The answer that is kept. If there is none, the promise waits, and the result says whether it is the first that waits.
    private func take(
        _ promise: EventLoopPromise<HTTPAnswer>, _ key: String, _ entries: inout [String: Entry]
    ) -> (kept: HTTPAnswer?, isFirst: Bool) {
        let now = NIODeadline.now()
        switch entries[key] {
        case .made(let answer, let until) where now < until:
            return (answer, false)
        case .making(let promises):
            entries[key] = .making(promises + [promise])
            return (nil, false)
        case .made, nil:
            if entries.count >= Self.maxCount {
                entries = entries.filter { if case .made(_, let until) = $0.value { now < until } else { true } }
            }
            entries[key] = .making([promise])
            return (nil, true)
        }
    }

    private func finish(_ key: String, _ answer: HTTPAnswer, keeping time: TimeAmount) {
        let (promises, begin) = state.withLock { state in
            let begin = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            state.isWriting = begin != nil
            guard case .making(let promises) = state.entries[key] else { return ([EventLoopPromise<HTTPAnswer>](), begin) }
            let kept = min(Self.maxTime, time)
            state.entries[key] = kept > .zero && state.entries.count <= Self.maxCount ? .made(answer, until: .now() + kept) : nil
            return (promises, begin)
        }
        begin?()
        for promise in promises { promise.succeed(answer) }
    }
}

extension HTTPAnswer {
    fileprivate static let cannotBeGathered = HTTPAnswer.text(.internalServerError, "the answer could not be gathered")
}
