import MJPEG
import NIOCore
import NIOPosix
import Synchronization

/// A file of concatenated JPEGs, played in a loop as if it were a camera.
///
/// The file is opened by name at each pass, so that a new one takes over at the next; it is read in pieces, never whole.
package final class FileCamera: Camera {
    /// How a file is played.
    package struct Settings: Sendable {
        package var framesPerSecond: Double
        /// In bytes of JPEG.
        package var maxFrameSize: Int

        package init(framesPerSecond: Double, maxFrameSize: Int) {
            self.framesPerSecond = framesPerSecond
            self.maxFrameSize = maxFrameSize
        }

        var interval: TimeAmount { TimeAmount(.seconds(1 / framesPerSecond)) }
    }

    private let path: String
    private let eventLoop: any EventLoop
    private let current: Mutex<Settings>

    /// Makes a camera that plays `path` and delivers on `eventLoop`.
    package init(path: String, settings: Settings, eventLoop: any EventLoop) {
        self.path = path
        self.eventLoop = eventLoop
        current = Mutex(settings)
    }

    private var settings: Settings { current.withLock { $0 } }

    /// Takes over another pace at once, another limit at the next pass.
    package func use(_ settings: Settings) {
        current.withLock { $0 = settings }
    }

    package func stream(to sink: FrameSink) async throws(CameraError) {
        try await sink.attempt { (sink) throws(CameraError) in try await read(to: sink) }
    }

    private func read(to sink: FrameSink) async throws(CameraError) {
        sink.connected(CameraDescription())
        var due = NIODeadline.now()
        while true {
            try await play(to: sink, due: &due)
        }
    }

    /// Plays the file once; `due` is when the next frame is to go out.
    private func play(to sink: FrameSink, due: inout NIODeadline) async throws(CameraError) {
        let path = path
        let file = try await blocking { () throws(CameraError) in try PictureFile(path: path) }
        var assembler = FrameAssembler(layout: .jpegs, maxFrameSize: settings.maxFrameSize)
        var frames = 0
        do {
            while var bytes = try await blocking({ () throws(CameraError) in try file.read() }) {
                // Assembled when it is due, not before: the frame's time stamp is the time it was whole.
                try await eventLoop.wait(until: due)
                while let frame = try assembler.append(&bytes, timestamp: .now()) {
                    frames += 1
                    try await eventLoop.submit { sink.frame(frame) }.get()
                    // Behind (the machine slept, the disk was slow): go on from now, without a burst.
                    due = max(due + settings.interval, .now())
                    try await eventLoop.wait(until: due)
                }
            }
        } catch let error as CameraError {
            throw error
        } catch let error as AssemblyError {
            throw .file(path: path, reason: "\(error)")
        } catch {
            throw .cancelled
        }
        guard frames > 0 else { throw .file(path: path, reason: "holds no JPEG picture") }
    }

    /// Runs work that may wait for a disk on a thread where waiting harms nobody.
    private func blocking<T: Sendable>(_ work: @escaping @Sendable () throws(CameraError) -> T) async throws(CameraError) -> T {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try work() }
        } catch {
            throw error as? CameraError ?? .cancelled
        }
    }
}
