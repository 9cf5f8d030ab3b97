import CameraClient
import NIOCore
import Synchronization

/// Who publishes a source now, and how that goes. Any thread may call it.
final class PublisherDesk: Sendable {
    /// How a publisher's own camera is, as a relay says.
    struct Told: Equatable, Sendable {
        var state: SourceState
        var error: CameraError?
    }

    /// What the source is to show.
    struct View: Equatable, Sendable {
        var state: SourceState
        var error: CameraError?
        /// When it is to be looked at again though nothing happens.
        var due: NIODeadline?
    }

    /// How a publisher's connection ended.
    enum Ending: Equatable, Sendable {
        /// Behind a whole request; another may follow.
        case whole
        /// No frame came for so long.
        case stalled(after: Duration)
        /// For another reason.
        case lost(String)
    }

    private struct State {
        var turns = PublisherTurns()
        var current: Publisher?
        /// What its own camera is like; nil for a publisher that does not say.
        var told: Told?
        /// Whether it has brought a frame.
        var hasFrames = false
        var ending: Ending?
        var ended = NIODeadline.uptimeNanoseconds(0)
        var wish = FrameWish.nothing
        /// What the publisher's clock is ahead of ours, in microseconds, at its last frame.
        var clockOffset: Int64?
        /// Whether the last view was one of a source that streams.
        var showsStream = false
    }

    private let state = Mutex(State())
    /// Rings when somebody comes or goes, or says something, and at a frame that ends a silence.
    let changes = Bell()

    /// Who publishes now.
    var current: Publisher? { state.withLock { $0.current } }

    /// What the publisher's clock is ahead of ours, in microseconds; nil where it does not tell its time.
    var clockOffset: Int64? { state.withLock { $0.clockOffset } }

    /// Whether frames come only while they are wanted.
    var isOnDemand: Bool { state.withLock { $0.current?.visitor.isRelay ?? false } }

    /// Lets `publisher` begin, unless it is not its turn; one whose place it takes is ended. Returns whom it has replaced.
    func admit(_ publisher: Publisher, at now: NIODeadline, patience: TimeAmount) -> (PublisherTurns.Verdict, replaced: Publisher?) {
        let (verdict, replaced, wish) = state.withLock { state in
            let old = state.current
            let verdict = state.turns.ask(publisher.visitor.name, at: now, patience: patience)
            switch verdict {
            case .tooOften, .taken: return (verdict, old, nil as FrameWish?)
            case .begins, .takesOver: break
            }
            state.current = publisher
            state.told = nil
            // Requests with a picture each, one behind the other, are one stream.
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

    /// A frame of `publisher` came; `offset` is what its clock is ahead of ours.
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

    /// The camera of `publisher` has no other picture than the last.
    func renewed(by publisher: Publisher, at now: NIODeadline) { frame(of: publisher, at: now, offset: clockOffset) }

    /// What `publisher` says of its own camera.
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
        // The gate stays open: its last frame may still be on its way to the source's event loop.
        if isNews { changes.ring() }
    }

    /// Ends whoever publishes: the source, or the right to publish it, is no longer what it was.
    func endCurrent() {
        guard let publisher = current else { return }
        publisher.gate.close()
        ended(publisher, .lost("the last publisher may publish it no more"))
        publisher.visitor.close()
    }

    /// Tells the publisher what is wanted, where that has changed.
    func want(_ wish: FrameWish) {
        let publisher = state.withLock { state -> Publisher? in
            guard state.wish != wish else { return nil }
            state.wish = wish
            return state.current
        }
        publisher?.visitor.want(wish)
    }

    /// How the source stands.
    ///
    /// - Parameter patience: the longest time between two frames.
    func view(at now: NIODeadline, patience: TimeAmount) -> View {
        state.withLock { state in
            let view = Self.view(state, at: now, patience: patience)
            state.showsStream = view.state == .streaming
            return view
        }
    }

    private static func view(_ state: State, at now: NIODeadline, patience: TimeAmount) -> View {
        let last = state.turns.lastFrame
        guard let current = state.current else {
            switch state.ending {
            case .whole where state.hasFrames:
                if let last, now < last + patience { return View(state: .streaming, due: last + patience) }
            case .stalled(let limit) where now < state.ended + patience:
                return View(state: .stalled, error: .stalled(after: limit), due: state.ended + patience)
            case .lost(let reason):
                return View(state: .waiting, error: .noPublisher(reason))
            case .whole, .stalled, nil: break
            }
            return View(state: .waiting, error: .noPublisher(nil))
        }
        if let told = state.told, told.state != .streaming { return View(state: told.state, error: told.error) }
        if current.visitor.isRelay, state.wish == .nothing { return View(state: .idle) }
        guard let last, state.hasFrames else { return View(state: .connecting) }
        if now < last + patience { return View(state: .streaming, due: last + patience) }
        let limit = Duration.nanoseconds(patience.nanoseconds)
        return View(state: .stalled, error: .stalled(after: limit))
    }
}
