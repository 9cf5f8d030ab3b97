import CameraURL

/// One named source: where its frames come from and how patiently they are fetched.
package struct SourceConfiguration: Equatable, Sendable {
    /// Where frames come from.
    package enum Upstream: Equatable, Sendable {
        /// A camera over HTTP.
        case camera(CameraURL)
        /// A file of concatenated JPEGs, played in a loop. A relative path holds from the process's working directory.
        case file(path: String)
    }

    /// The name in routes, logs and status: `[A-Za-z0-9][A-Za-z0-9._-]*`.
    package var name: String
    package var upstream: Upstream
    /// The port on which this source is also served alone, on every host that the relay listens on.
    package var port: Int?
    /// Fields added to each request to the camera, in the order of the file; no name occurs twice.
    package var headers: [HeaderField]
    /// How long an attempt may take from the look-up of the name to the end of the response head.
    package var connectTimeout: Duration
    /// The back-off's first step.
    package var reconnectMin: Duration
    /// The back-off's last step, at least ``reconnectMin``.
    package var reconnectMax: Duration
    /// How long a connected camera may send no whole frame before it is dialled anew.
    package var stallTimeout: Duration
    /// The size in bytes above which a frame is dropped.
    package var maxFrameSize: Int
    /// The frames per second at which a file is played.
    package var fps: Double
    /// The most frames per second that are passed on; nil passes on all.
    package var maxFPS: Double?

    /// Makes a source with the built-in defaults for whatever is left out. It checks nothing.
    package init(
        name: String,
        upstream: Upstream,
        port: Int? = nil,
        headers: [HeaderField] = [],
        connectTimeout: Duration = .seconds(5),
        reconnectMin: Duration = .milliseconds(500),
        reconnectMax: Duration = .seconds(10),
        stallTimeout: Duration = .seconds(10),
        maxFrameSize: Int = 16 << 20,
        fps: Double = 10,
        maxFPS: Double? = nil
    ) {
        self.name = name
        self.upstream = upstream
        self.port = port
        self.headers = headers
        self.connectTimeout = connectTimeout
        self.reconnectMin = reconnectMin
        self.reconnectMax = reconnectMax
        self.stallTimeout = stallTimeout
        self.maxFrameSize = maxFrameSize
        self.fps = fps
        self.maxFPS = maxFPS
    }
}
