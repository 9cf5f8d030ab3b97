import CameraURL
import MJPEG
import NIOCore
import Synchronization

/// A camera that is read over HTTP: looks up, connects, logs in, follows redirects, and hands on the frames of the stream, or
/// of the pictures that it asks for one by one.
package final class HTTPCamera: Camera {
    /// What outlives a dial.
    struct Memory {
        var settings: Settings
        /// How each origin of the camera wants the login.
        var authenticators: [Origin: Authenticator] = [:]
        /// Whether a login that was answered on the connection of its challenge was ever left without an answer there.
        var ignoresKeptConnections = false
        /// Whether its certificate may sign; unchecked certificates may do with less.
        var certificateSigns = true
        /// Whether the camera has turned out to send one picture and no more.
        var hasSinglePictures = false
        /// What was odd so far, as the sink was told.
        var oddities = Oddities()
        /// Whether a dial that was cut short still waits to hear whether its login is right.
        var awaitsVerdict = false
        /// What such a dial heard, until the next dial tells it.
        var lateVerdict: CameraError?
    }

    let eventLoop: any EventLoop
    let resolver: HostResolver
    let memory: Mutex<Memory>

    /// Makes a camera that is read on `eventLoop`.
    package init(settings: Settings, eventLoop: any EventLoop, resolver: HostResolver) {
        self.eventLoop = eventLoop
        self.resolver = resolver
        memory = Mutex(Memory(settings: settings))
    }

    /// How it is read now.
    var settings: Settings { memory.withLock { $0.settings } }

    /// Takes over settings with the same address and login: the stall timeout at once, the rest at the next dial.
    package func use(_ settings: Settings) {
        memory.withLock { $0.settings = settings }
    }

    package func stream(to sink: FrameSink) async throws(CameraError) {
        var sink = sink
        sink.connected = { [connected = sink.connected] description in
            self.memory.withLock { $0.oddities = Oddities(description) }
            connected(description)
        }
        try await sink.attempt { (sink) throws(CameraError) in try await read(to: sink) }
    }

    private func read(to sink: FrameSink) async throws(CameraError) {
        try await takeLateVerdict()
        let settings = settings
        if settings.url.scheme == .https || settings.allowsOtherOrigin { try CameraTLS.prepare(settings.trust) }
        if let interval = settings.interval {
            try await poll(every: interval, to: sink)
        } else if memory.withLock({ $0.hasSinglePictures }) {
            try await poll(every: Self.defaultInterval, to: sink)
        } else {
            do throws(CameraError) {
                var dial = Dial(url: settings.url)
                _ = try await ask(&dial, for: .stream, sink: sink)
            } catch {
                guard error == .singlePicture, settings.asksSinglePicturesAgain else { throw error }
                memory.withLock { $0.hasSinglePictures = true }
                try await poll(every: Self.defaultInterval, to: sink)
            }
        }
    }
}
