import CameraClient
import CameraURL
import MJPEG
import NIOCore
import NIOWebSocket
import Synchronization

/// A source of another relay, read over the relays' own WebSocket: as fresh as a viewer there, with the times, the kinds of frames and
/// the state that the other relay knows.
final class RelayCamera: Camera {
    /// How it is read.
    struct Settings: Sendable {
        var url: CameraURL
        var trust: CertificateTrust
        var connectTimeout: Duration
        /// In bytes of JPEG.
        var maxFrameSize: Int
    }

    private let eventLoop: any EventLoop
    private let resolver: HostResolver
    private let chain: RelayChain
    private let current: Mutex<Settings>

    /// Makes one that delivers on `eventLoop`; `chain` is of the relays that watch the source here.
    init(settings: Settings, chain: RelayChain, eventLoop: any EventLoop, resolver: HostResolver) {
        self.eventLoop = eventLoop
        self.resolver = resolver
        self.chain = chain
        current = Mutex(settings)
    }

    /// Takes over other settings for the next dial.
    func use(_ settings: Settings) {
        current.withLock { $0 = settings }
    }

    func stream(to sink: FrameSink) async throws(CameraError) {
        try await sink.attempt { (sink) throws(CameraError) in try await read(to: sink) }
    }

    private func read(to sink: FrameSink) async throws(CameraError) {
        let settings = current.withLock { $0 }
        var asked = WebSocketDial.Settings(
            url: settings.url, trust: settings.trust, connectTimeout: settings.connectTimeout, subprotocol: RelayWire.watchName)
        asked.headers = [("Via", chain.via)]
        asked.lack = "is no relay that other relays can watch, or this is not the path of a source's WebSocket (/NAME/ws)"
        let dial = WebSocketDial(asked, eventLoop: eventLoop, resolver: resolver)
        let ending = Ending()
        let channel = try await dial.open { channel in
            let pipeline = channel.pipeline.syncOperations
            let limit = settings.maxFrameSize + RelayWire.prefixBytes
            try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: limit)))
            try pipeline.addHandler(EdgeHandler(sink: sink, ending: ending))
        }
        await withTaskCancellationHandler {
            try? await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
        if Task.isCancelled { throw .cancelled }
        throw ending.error ?? .connection(reason: "the other relay's connection ended")
    }

    /// Why a connection ended; any thread.
    final class Ending: Sendable {
        private let state = Mutex<CameraError?>(nil)

        var error: CameraError? { state.withLock { $0 } }

        /// The first reason counts.
        func note(_ error: CameraError) {
            state.withLock { $0 = $0 ?? error }
        }
    }
}
