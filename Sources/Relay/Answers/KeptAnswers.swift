import NIOCore
import Synchronization

/// Answers of so many sources that they take long to write: written off the event loops and kept for up to a second, so that many
/// open dashboards cost no more than one and never more than a twentieth of one processor. Any thread may call it.
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

    private let entries = Mutex<[String: Entry]>([:])
    private let work = BackgroundWork()

    /// The answer that `key` stands for. Where none is kept, `gather` brings what it is made of from the event loops, and `write`
    /// writes it, off them.
    func answer<Material: Sendable>(
        _ key: String, on eventLoop: any EventLoop, gather: () -> EventLoopFuture<Material>,
        write: @escaping @Sendable (Material) -> HTTPAnswer
    ) -> EventLoopFuture<HTTPAnswer> {
        let promise = eventLoop.makePromise(of: HTTPAnswer.self)
        let (kept, isFirst) = entries.withLock { entries in take(promise, key, &entries) }
        if let kept { promise.succeed(kept) }
        guard isFirst else { return promise.futureResult }
        gather().whenComplete { result in
            guard case .success(let material) = result else { return self.finish(key, .cannotBeGathered, keeping: .zero) }
            let isTaken = self.work.add {
                let start = NIODeadline.now()
                let answer = write(material)
                self.finish(key, answer, keeping: (.now() - start) * Self.keeping)
            }
            if !isTaken { self.finish(key, .tooManyAnswers, keeping: .zero) }
        }
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
        let promises: [EventLoopPromise<HTTPAnswer>] = entries.withLock { entries in
            guard case .making(let promises) = entries[key] else { return [] }
            let kept = min(Self.longest, time)
            entries[key] = kept > .zero && entries.count <= Self.maxCount ? .made(answer, until: .now() + kept) : nil
            return promises
        }
        for promise in promises { promise.succeed(answer) }
    }
}

extension HTTPAnswer {
    fileprivate static let cannotBeGathered = HTTPAnswer.text(.internalServerError, "the answer could not be gathered")
    static let tooManyAnswers = HTTPAnswer.text(
        .serviceUnavailable, "too many answers wait to be read; try again later", headers: ["Retry-After": "5"]
    ).endingConnection
}
