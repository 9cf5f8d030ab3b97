import NIOCore
import Synchronization

/// Answers of so many sources that they take long to write: written off the event loops and kept for up to a second, so that many
/// open dashboards cost no more than one and never more than a twentieth of one processor. Answers of different addresses, queries and
/// askers are written one after the other, and what one is made of is gathered when its turn comes. Any thread may call it.
final class KeptAnswers: Sendable {
    /// An answer of fewer sources is written at once, anew for each request: it then says what holds now.
    static let many = 100
    /// How much longer an answer is kept than it took to write.
    private static let keeping = 20
    /// The longest that one is kept.
    private static let longest = TimeAmount.seconds(1)
    /// Answers that are kept; each is of another address, query or asker.
    private static let maxCount = 64

    private enum Entry {
        /// Being written, for those who wait.
        case making([EventLoopPromise<HTTPAnswer>])
        case made(HTTPAnswer, until: NIODeadline)
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// What begins the answers whose turn has not come: no more than there are connections.
        var waiting: [@Sendable () -> Void] = []
        var isWriting = false
    }

    private let state = Mutex(State())
    private let work = BackgroundWork()

    /// The answer that `key` stands for. Where none is kept, `gather` brings what it is made of from the event loops, and `write`
    /// writes it, off them.
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

    /// What is kept; else the promise waits, and whether it is the first to.
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
            let kept = min(Self.longest, time)
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
