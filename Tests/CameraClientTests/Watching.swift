import CameraURL
import MJPEG
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

@testable import CameraClient

/// What came of reading a camera for a while.
struct Watched: Sendable {
    /// Frames that came.
    var frames = 0
    /// The pictures, in order.
    var jpegs: [[UInt8]] = []
    /// What was told of the camera, in order.
    var descriptions: [CameraDescription] = []
    /// How often the camera said that nothing changed.
    var unchanged = 0
    /// How each attempt ended, in order.
    var attempts: [Attempt] = []
    /// Why the reading ended; `cancelled` where everything wanted had come.
    var error: CameraError?
}

/// Gathers what a camera sends, and knows when it is enough.
final class Watcher: Sendable {
    private let state = Mutex((watched: Watched(), done: false))
    private let isEnough: @Sendable (Watched) -> Bool
    private let enough: EventLoopPromise<Void>

    private let keepsPictures: Bool
    /// Whether all who want frames have been offered the last one.
    private let isSettled: Bool

    init(keepsPictures: Bool = true, isSettled: Bool = true, until isEnough: @escaping @Sendable (Watched) -> Bool) {
        self.keepsPictures = keepsPictures
        self.isSettled = isSettled
        self.isEnough = isEnough
        enough = TestLoops.group.next().makePromise()
    }

    var watched: Watched { state.withLock { $0.watched } }

    var sink: FrameSink {
        FrameSink(
            connected: { description in self.change { $0.descriptions.append(description) } },
            frame: { frame in
                self.change { watched in
                    watched.frames += 1
                    if self.keepsPictures { watched.jpegs.append(Array(frame.jpeg.readableBytesView)) }
                }
            },
            unchanged: { self.change { $0.unchanged += 1 } },
            isSettled: { self.isSettled },
            ended: { attempt in self.change { $0.attempts.append(attempt) } }
        )
    }

    /// Reads a camera until it is enough or the camera's stream ends.
    func read(_ camera: any Camera) async -> Watched {
        let error = await withTaskGroup(of: CameraError?.self) { group in
            group.addTask {
                defer { self.finish() }
                do throws(CameraError) {
                    try await camera.stream(to: self.sink)
                    return .ended
                } catch {
                    return error
                }
            }
            group.addTask {
                try? await self.enough.futureResult.get()
                return nil
            }
            var result = CameraError.cancelled
            while let ended = await group.next() {
                if let ended { result = ended }
                group.cancelAll()
            }
            return result
        }
        var result = watched
        result.error = error
        return result
    }

    private func change(_ body: (inout Watched) -> Void) {
        let isNew = state.withLock { state in
            body(&state.watched)
            guard !state.done, isEnough(state.watched) else { return false }
            state.done = true
            return true
        }
        if isNew { enough.succeed() }
    }

    private func finish() {
        let isNew = state.withLock { state in
            defer { state.done = true }
            return !state.done
        }
        if isNew { enough.succeed() }
    }
}

/// Settings that a busy machine does not wear out.
func quickSettings(_ url: String, _ change: (inout HTTPCamera.Settings) -> Void = { _ in }) throws -> HTTPCamera.Settings {
    var settings = HTTPCamera.Settings(
        url: try CameraURL(url), connectTimeout: .seconds(30), stallTimeout: .seconds(30), maxFrameSize: 1 << 20)
    change(&settings)
    return settings
}

/// A camera as the program reads it.
func httpCamera(_ url: String, _ change: (inout HTTPCamera.Settings) -> Void = { _ in }) throws -> HTTPCamera {
    HTTPCamera(
        settings: try quickSettings(url, change), eventLoop: TestLoops.group.next(), resolver: HostResolver())
}

/// Reads a camera until `count` frames have come or its stream ends.
func watch(_ camera: any Camera, frames count: Int) async -> Watched {
    await Watcher { $0.frames >= count }.read(camera)
}

/// Reads one connection to an address until `count` frames have come or it ends.
func watch(_ url: String, frames count: Int, _ change: (inout HTTPCamera.Settings) -> Void = { _ in }) async throws -> Watched {
    let camera = try httpCamera(url, change)
    return await watch(camera, frames: count)
}
