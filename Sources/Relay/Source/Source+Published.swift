import CameraClient
import Logging
import MJPEG
import NIOCore
import RelayConfiguration
import Text

/// A source that is published to the relay.
extension Source {
    /// Why a publisher is refused now.
    enum PublisherRefusal: Error, Equatable {
        /// Another name publishes, for at least this many more seconds.
        case taken(wait: Int)
        /// The name has taken over from itself too often, and may take over again in this many seconds.
        case tooOften(wait: Int)
    }

    /// Lets a visitor publish who has logged in; ``sink(of:)`` takes the pictures.
    func admit(_ visitor: Publisher.Visitor) throws(PublisherRefusal) -> Publisher {
        let publisher = Publisher(visitor, eventLoop: eventLoop)
        let stallTimeout = hub.policy.stallTimeout
        let (verdict, other) = desk.admit(publisher, at: .now(), stallTimeout: stallTimeout)
        var metadata: Logger.Metadata = ["address": "\(publisher.visitor.host)", "user": "\(publisher.visitor.name.shown(limit: 64))"]
        switch verdict {
        case .begins:
            logger.debug("publisher connected", metadata: metadata)
        case .takesOver:
            metadata["before"] = "\(other?.visitor.host ?? "unknown")"
            logger.info("publisher takes over", metadata: metadata)
        case .taken(let wait):
            throw .taken(wait: wait.secondsUp)
        case .tooOften(let wait, let isNews):
            metadata["other"] = "\(other?.visitor.host ?? "unknown")"
            if isNews { logger.warning("two publishers of one name seem to take over from each other", metadata: metadata) }
            throw .tooOften(wait: wait.secondsUp)
        }
        return publisher
    }

    /// The sink for the pictures of a publisher. Call it on the event loop of the publisher's connection.
    func sink(of publisher: Publisher) -> FrameSink {
        FrameSink(
            connected: { if publisher.gate.isOpen { self.learn($0) } },
            frame: { frame in
                if frame.kind == .live {
                    let offset = frame.upstreamTimestamp.map { $0.microseconds - Timestamp.now().microseconds }
                    self.desk.frame(of: publisher, at: .now(), offset: offset)
                }
                publisher.pass(frame) { self.receive($0) }
            },
            unchanged: {
                guard publisher.gate.isOpen else { return }
                self.eventLoop.execute { self.renew(by: publisher) }
            },
            isSettled: { publisher.isSettled && self.hub.isSettled })
    }

    private func renew(by publisher: Publisher) {
        guard publisher.gate.isOpen else { return }
        desk.renewed(by: publisher, at: .now())
        renew()
    }

    /// Keeps the source's state up to date with its publisher, until the task is cancelled. The publisher's connection is not part of the
    /// task.
    func runPublished() async {
        var last: PublisherDesk.View?
        while !Task.isCancelled {
            let seen = (desk: desk.changes.rings, demand: hub.demand.changes.rings)
            let now = NIODeadline.now()
            let end = hub.demand.end(linger: TimeAmount(configuration.linger))
            let isWanted = end.map { now < $0 } ?? true
            desk.want(isWanted ? .frames(maxFPS: wantedFPS) : .nothing)
            let view = desk.view(at: now, stallTimeout: hub.policy.stallTimeout)
            show(view, after: last)
            last = view
            let due = [view.due, isWanted ? end : nil].compactMap { $0 }.min()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.desk.changes.wait(beyond: seen.desk) }
                group.addTask { await self.hub.demand.changes.wait(beyond: seen.demand) }
                if let due { group.addTask { try? await self.clock.sleep(for: .nanoseconds(max(0, (due - .now()).nanoseconds))) } }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// The most frames a second that the way from the publisher need carry, nil for all: as many as the one who wants most is shown, but
    /// enough that the source does not seem stalled.
    private var wantedFPS: Double? {
        let configuration = configuration
        let viewers = hub.demand.maxFPS.map { max($0, 4 / configuration.stallTimeout.inSeconds) }
        return [configuration.maxFPS, viewers].compactMap(\.self).min()
    }

    private func show(_ view: PublisherDesk.View, after last: PublisherDesk.View?) {
        guard view.state != last?.state || view.error != last?.error else { return }
        if let error = view.error, view.state != last?.state || error.code != last?.error?.code {
            if last == nil {
                logger.info("waiting for a publisher")
            } else {
                note(lossOf: error, isNews: machine.withLock { $0.ended(error, at: .now(), fraction: 0).isNews })
            }
        }
        current.withLock { status in
            // That nobody published before the first publisher is not logged.
            if view.error != nil || status.lastError == .noPublisher(nil) { status.lastError = view.error }
        }
        change { machine in
            if view.state == .connecting { machine.dialing(at: .now()) }
            machine.show(view.state)
        }
    }

    private func note(lossOf error: CameraError, isNews: Bool) {
        let metadata: Logger.Metadata = ["reason": "\(secrets.hide(in: error.description).shown(limit: Self.maxReasonLength))"]
        if isNews {
            logger.warning("publisher lost", metadata: metadata)
        } else {
            logger.debug("still no picture", metadata: metadata)
        }
    }
}

extension TimeAmount {
    /// Seconds, rounded up, at least one.
    fileprivate var secondsUp: Int { max(1, Int((nanoseconds + 999_999_999) / 1_000_000_000)) }
}
