import Foundation

/// ffmpeg as a camera and as a viewer.
enum FFmpeg {
    /// Serves a moving test picture as MJPEG over HTTP to the one client that comes; returns the address.
    static func camera(_ bench: Bench, framesPerSecond: Int = 10) async throws -> (url: String, process: ChildProcess) {
        let url = try await "http://127.0.0.1:\(FreePort.find())/camera"
        let process = try bench.program(
            "ffmpeg",
            [
                "-hide_banner", "-nostdin", "-loglevel", "warning", "-re", "-f", "lavfi", "-i",
                "testsrc=size=320x240:rate=\(framesPerSecond)", "-q:v", "5", "-f", "mpjpeg", "-listen", "1", url,
            ])
        return (url, process)
    }

    /// Watches `url` for `frames` pictures and returns the hash of each as decoded.
    static func hashes(_ bench: Bench, of url: String, frames: Int) async throws -> [String] {
        let process = try bench.program(
            "ffmpeg",
            [
                "-hide_banner", "-nostdin", "-loglevel", "error", "-i", url, "-frames:v", "\(frames)", "-fps_mode", "passthrough",
                "-f", "framemd5", "-",
            ])
        let status = try await process.exitStatus(within: .seconds(60))
        guard status == 0, process.errors.text.isEmpty else { throw Failure(errors: process.errors.text) }
        return process.output.lines.filter { !$0.hasPrefix("#") }
            .compactMap { $0.split(separator: ",").last?.trimmingCharacters(in: .whitespaces) }
    }

    /// Watches `url` for `frames` pictures and returns their bytes, not decoded.
    static func copies(_ bench: Bench, of url: String, frames: Int) async throws -> [[UInt8]] {
        let folder = try bench.folder()
        let process = try bench.program(
            "ffmpeg",
            [
                "-hide_banner", "-nostdin", "-loglevel", "error", "-i", url, "-frames:v", "\(frames)", "-c", "copy",
                "\(folder)/%05d.jpg",
            ])
        let status = try await process.exitStatus(within: .seconds(60))
        guard status == 0 else { throw Failure(errors: process.errors.text) }
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .map { Array(try Data(contentsOf: URL(filePath: "\(folder)/\($0)"))) }
    }

    /// ffmpeg could not do it.
    struct Failure: Error, CustomStringConvertible {
        let errors: String
        var description: String { "ffmpeg says: \(errors)" }
    }
}
