import TestSupport

extension Bench {
    /// Short times, so that a loss shows soon.
    static let shortTimes = "heartbeat: 500ms, stall_timeout: 1s, reconnect_min: 100ms, reconnect_max: 100ms"

    /// The relay with a file whose one source, `front`, is a camera with these settings.
    func relay(for camera: TestCamera, settings: String) throws -> RelayProcess {
        try relay(configuration: "listen: 127.0.0.1:0\nsources: {front: {url: \"\(camera.url)\", \(settings)}}\n")
    }
}
