import CameraClient
import NIOCore
import Synchronization

/// Decides and remembers who publishes a source now, and which state the source shows. Any thread may call it.
final class PublisherDesk: Sendable {
    /// The state of a publisher's own camera, as the publishing relay tells it.
    struct Told: Equatable, Sendable {
        var state: SourceState
        var error: CameraError?
    }

    /// The state that the source has to show.
    struct View: Equatable, Sendable {
        var state: SourceState
        var error: CameraError?
        /// When to look again even if nothing happens.
        var due: NIODeadline?
    }

    /// How a publisher's connection ended.
    enum Ending: Equatable, Sendable {
        /// After a complete request; another may follow.
        case whole
        /// No frame came for this time.
        case stalled(after: Duration)
        /// For the reason given.
        case lost(String)
    }

    private struct State {
        var turns = PublisherTurns()
        var current: Publisher?
        /// The state of the publisher's own camera; nil for a publisher that does not tell it.
        var told: Told?
        /// Whether the publisher has brought a frame.
        var hasFrames = false
        var ending: Ending?
        var ended = NIODeadline.uptimeNanoseconds(0)
        var wish = FrameWish.nothing
        /// How far the publisher's clock was ahead of this machine's at its last frame, in microseconds.
        var clockOffset: Int64?
        /// Whether the source was streaming at the last view.
        var showsStream = false
    }

    private let state = Mutex(State())
    /// Rings when a publisher comes, goes or tells its camera's state, and at a frame that ends a silence.
    let changes = Bell()

    /// The present publisher.
    var current: Publisher? { state.withLock { $0.current } }

    /// How far the publisher's clock is ahead of this machine's, in microseconds; nil where the publisher sends no times.
    var clockOffset: Int64? { state.withLock { $0.clockOffset } }

    /// Whether the publisher sends frames only while they are wanted.
    var isOnDemand: Bool { state.withLock { $0.current?.visitor.isRelay ?? false } }

    /// Lets `publisher` begin, if it is its turn, and ends the publisher that it replaces. Returns the replaced publisher.
    func admit(_ publisher: Publisher, at now: NIODeadline, stallTimeout: TimeAmount) -> (PublisherTurns.Verdict, replaced: Publisher?) {
        let (verdict, replaced, wish) = state.withLock { state in
            let old = state.current
            let verdict = state.turns.ask(publisher.visitor.name, at: now, stallTimeout: stallTimeout)
            switch verdict {
            case .tooOften, .taken: return (verdict, old, nil as FrameWish?)
            case .begins, .takesOver: break
            }
            state.current = publisher
            state.told = nil
            // Consecutive requests with a picture each count as one stream.
            state.hasFrames = state.ending == .whole && old == nil && state.turns.lastFrame != nil
            state.ending = nil
            state.clockOffset = nil
            return (verdict, old, state.wish)
        }
        guard let wish else { return (verdict, replaced) }
        replaced?.gate.close()
        replaced?.visitor.close()
        publisher.visitor.want(wish)
        changes.ring()
        return (verdict, replaced)
    }

    /// A frame of `publisher` came; `offset` says how far the publisher's clock is ahead of this machine's.
    func frame(of publisher: Publisher, at now: NIODeadline, offset: Int64?) {
        let isNews = state.withLock { state in
            guard state.current === publisher else { return false }
            state.turns.frame(at: now)
            state.hasFrames = true
            state.clockOffset = offset
            return !state.showsStream
        }
        if isNews { changes.ring() }
    }

    /// `publisher` says that its last picture is still the newest.
    func renewed(by publisher: Publisher, at now: NIODeadline) { frame(of: publisher, at: now, offset: clockOffset) }

    /// `publisher` tells the state of its own camera.
    func told(_ told: Told, by publisher: Publisher) {
        let isNews = state.withLock { state in
            guard state.current === publisher, state.told != told else { return false }
            state.told = told
            return true
        }
        if isNews { changes.ring() }
    }

    /// The connection of `publisher` has ended.
    func ended(_ publisher: Publisher, _ ending: Ending, at now: NIODeadline = .now()) {
        let isNews = state.withLock { state in
            guard state.current === publisher else { return false }
            state.turns.ended()
            state.current = nil
            state.told = nil
            state.ending = ending
            state.ended = now
            return true
        }
        // The gate stays open, because the last frame may still be on its way to the source's event loop.
        if isNews { changes.ring() }
    }

    /// Ends the present publisher, because the source or the right to publish it has changed.
    func endCurrent() {
        guard let publisher = current else { return }
        publisher.gate.close()
        ended(publisher, .lost("the last publisher may publish it no more"))
        publisher.visitor.close()
    }

    /// Tells the publisher which frames are wanted, if that has changed.
    func want(_ wish: FrameWish) {
        let publisher = state.withLock { state -> Publisher? in
            guard state.wish != wish else { return nil }
            state.wish = wish
            return state.current
        }
        publisher?.visitor.want(wish)
    }

    /// The state that the source has to show now.
    ///
    /// - Parameter stallTimeout: the longest time between two frames.
    func view(at now: NIODeadline, stallTimeout: TimeAmount) -> View {
        state.withLock { state in
            let view = Self.view(state, at: now, stallTimeout: stallTimeout)
            state.showsStream = view.state == .streaming
            return view
        }
    }

    private static func view(_ state: State, at now: NIODeadline, stallTimeout: TimeAmount) -> View {
        let last = state.turns.lastFrame
        guard let current = state.current else {
            switch state.ending {
            case .whole where state.hasFrames:
                if let last, now < last + stallTimeout { return View(state: .streaming, due: last + stallTimeout) }
            case .stalled(let limit) where now < state.ended + stallTimeout:
                return View(state: .stalled, error: .stalled(after: limit), due: state.ended + stallTimeout)
            case .lost(let reason):
                return View(state: .waiting, error: .noPublisher(reason))
            case .whole, .stalled, nil: break
            }
            return View(state: .waiting, error: .noPublisher(nil))
        }
        if let told = state.told, told.state != .streaming { return View(state: told.state, error: told.error) }
        if current.visitor.isRelay, state.wish == .nothing { return View(state: .idle) }
        guard let last, state.hasFrames else { return View(state: .connecting) }
        if now < last + stallTimeout { return View(state: .streaming, due: last + stallTimeout) }
        let limit = Duration.nanoseconds(stallTimeout.nanoseconds)
        return View(state: .stalled, error: .stalled(after: limit))
    }
}
