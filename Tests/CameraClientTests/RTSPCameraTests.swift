import Foundation
import NIOPosix
import Testing

@testable import CameraClient

/// Real programs as cameras: ffmpeg by itself, and ffmpeg with a real RTSP server (GStreamer's) before it.
@Suite(.timeLimit(.minutes(2)), .serialized) struct RTSPCameraTests {
    /// Whether a command runs here and ends well.
    private static func works(_ words: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private static let hasFFmpeg = works("ffmpeg", "-version")
    private static let hasServer =
        hasFFmpeg && works("/usr/bin/python3", "-c", "import gi; gi.require_version('GstRtspServer', '1.0')")

    /// Plays a test picture over RTSP and says where; ends when its input does.
    private static let server = """
        import gi, os, sys, threading
        gi.require_version('Gst', '1.0')
        gi.require_version('GstRtspServer', '1.0')
        from gi.repository import Gst, GstRtspServer, GLib
        Gst.init(None)
        server = GstRtspServer.RTSPServer()
        server.set_address('127.0.0.1')
        server.set_service('0')
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch('( videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=10/1'
                           ' ! jpegenc ! rtpjpegpay name=pay0 )')
        server.get_mount_points().add_factory('/live', factory)
        server.attach(None)
        print(server.get_bound_port(), flush=True)
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        GLib.MainLoop().run()
        """

    private func camera(_ words: [String]) -> ProgramCamera {
        ProgramCamera(
            settings: ProgramCamera.Settings(words: words, stallTimeout: .seconds(60), maxFrameSize: 1 << 20, log: { _ in }),
            eventLoop: MultiThreadedEventLoopGroup.singleton.next())
    }

    @Test(.enabled(if: hasFFmpeg, "ffmpeg is not installed"), arguments: ["mpjpeg", "image2pipe"])
    func ffmpegIsACamera(_ format: String) async {
        let camera = camera(
            [
                "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10", "-c:v", "mjpeg", "-f",
                format, "-",
            ])
        let watched = await watch(camera, frames: 5)
        #expect(watched.frames >= 5)
        #expect(watched.error == .cancelled)
    }

    @Test(.enabled(if: hasServer, "ffmpeg or GStreamer's RTSP server is not installed"), arguments: ["copy", "mjpeg"])
    func anRTSPCameraIsReadThroughFFmpeg(_ codec: String) async throws {
        let server = Process()
        let output = Pipe()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        server.arguments = ["-c", Self.server]
        server.standardOutput = output
        server.standardError = FileHandle.nullDevice
        // Not by TERM, which is blocked in what this process starts: a server left behind would hold the test run open.
        let input = Pipe()
        server.standardInput = input
        try server.run()
        defer { try? input.fileHandleForWriting.close() }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
        let camera = camera([
            "ffmpeg", "-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", "rtsp://127.0.0.1:\(port)/live", "-an",
            "-c:v", codec, "-f", "mpjpeg", "-",
        ])
        let watched = await watch(camera, frames: 5)
        #expect(watched.frames >= 5, "\(String(describing: watched.error))")
    }
}
