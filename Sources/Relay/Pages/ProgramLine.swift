/// The setting or command with which a program shows a source, ready to be copied from the source's page.
struct ProgramLine: Equatable {
    /// The program, and the place in it for the text.
    let title: String
    /// The text to copy. `{base}` stands for the address of the source's page, `{scheme}`, `{host}`, `{port}` and `{path}` for the parts of
    /// that address.
    let text: String
    /// A remark for the reader.
    var note: String?
}

extension ProgramLine {
    /// The lines for the source `name`; the recommended line for web pages comes first.
    static func all(for name: String) -> [ProgramLine] {
        webPages(for: name) + homesAndRecorders(for: name) + printers(for: name) + players
    }

    /// The lines for programs that publish the source `name` to this relay.
    static func publishers(of name: String) -> [ProgramLine] {
        [
            ProgramLine(
                title: "Another relay, beside the camera: relay.yaml (recommended)",
                text: "\(name):\n  url: http://CAMERA\n  push: {ws}://NAME:PASSWORD@{authority}{path}publish",
                note: "Pictures are sent only while somebody watches here."),
            ProgramLine(
                title: "ffmpeg",
                text: "ffmpeg -re -i INPUT -an -c:v mjpeg -q:v 5 -f mpjpeg -method POST {scheme}://NAME:PASSWORD@{authority}{path}publish",
                note: "An input that is MJPEG already takes -c:v copy in place of -c:v mjpeg -q:v 5."),
            ProgramLine(
                title: "curl: one picture, or JPEGs one behind the other",
                text: "curl -T picture.jpg -u NAME:PASSWORD {base}publish",
                note: "Microcontrollers do the same: POST with the picture as the body, or a form. ?token=PASSWORD is a login too."),
        ]
    }

    private static func webPages(for name: String) -> [ProgramLine] {
        [
            ProgramLine(
                title: "A web page: frame that heals itself (recommended)",
                text: "<iframe src=\"{base}embed\" title=\"\(name)\" width=\"640\" height=\"360\" allowfullscreen></iframe>",
                note: """
                    It plays on by itself when the camera, the relay or the network was away, says so while its picture \
                    is old, and rests while nobody sees it.
                    """),
            ProgramLine(
                title: "A web page: plain picture",
                text: "<img src=\"{base}stream\" alt=\"\(name)\">",
                note: """
                    It works without a script, but does not heal: when its stream has ended, after a restart of the \
                    relay or a change of network, the picture stands still until the page is loaded again, and the \
                    browser tells nobody. It plays on in hidden tabs too, and browsers show only six of them from one \
                    http address.
                    """),
        ]
    }

    private static func homesAndRecorders(for name: String) -> [ProgramLine] {
        [
            ProgramLine(
                title: "Home Assistant: add integration “MJPEG IP Camera”",
                text: "MJPEG URL:       {base}stream\nStill image URL: {base}snapshot"),
            ProgramLine(
                title: "Frigate: config.yml",
                text: """
                    go2rtc:
                      streams:
                        \(name): "ffmpeg:{base}stream#video=h264"
                    cameras:
                      \(name):
                        ffmpeg:
                          inputs:
                            - path: rtsp://127.0.0.1:8554/\(name)
                              roles: [detect, record]
                    """,
                note: """
                    Frigate records no MJPEG, so its go2rtc encodes the stream anew; #video=h264#hardware does that on \
                    the graphics card.
                    """),
            ProgramLine(title: "go2rtc: go2rtc.yaml", text: "streams:\n  \(name): {base}stream"),
            ProgramLine(
                title: "ZoneMinder: source type “Remote”",
                text: """
                    Protocol:  HTTP
                    Method:    Simple
                    Host Name: {host}
                    Port:      {port}
                    Path:      {path}?action=snapshot
                    """,
                note: """
                    With ?action=snapshot each answer waits for a new picture, which sets the pace. /snapshot answers at \
                    once: without a Maximum FPS, ZoneMinder would ask for it hundreds of times a second. For https take \
                    the source type “FFmpeg” with {base}stream.
                    """),
            ProgramLine(
                title: "motion: motion.conf", text: "netcam_url {base}stream",
                note: """
                    motionEye: add a network camera with this address. A “Simple MJPEG Camera” there is a plain picture \
                    that does not heal.
                    """
            ),
            ProgramLine(
                title: "Viseron: config.yaml",
                text: """
                    ffmpeg:
                      camera:
                        \(name.lowercased().map { $0.isLetter || $0.isNumber ? "\($0)" : "_" }.joined()):
                          name: \(name)
                          host: {host}
                          port: {port}
                          path: {path}stream
                          stream_format: mjpeg
                          protocol: {scheme}
                    """),
        ]
    }

    private static func printers(for name: String) -> [ProgramLine] {
        [
            ProgramLine(
                title: "OctoPrint: webcam settings", text: "Stream URL:   {base}stream\nSnapshot URL: {base}?action=snapshot",
                note: """
                    OctoPrint shows the stream as a plain picture, which does not heal: load the page again when it \
                    stands still.
                    """),
            ProgramLine(
                title: "Klipper (Mainsail, Fluidd): moonraker.conf",
                text: """
                    [webcam \(name)]
                    service: mjpegstreamer
                    stream_url: {base}stream
                    snapshot_url: {base}snapshot
                    """),
        ]
    }

    private static let players = [
        ProgramLine(title: "VLC", text: "vlc {base}stream"),
        ProgramLine(title: "ffmpeg", text: "ffplay -fflags nobuffer {base}stream"),
        ProgramLine(title: "mpv", text: "mpv --profile=low-latency --untimed {base}stream"),
        ProgramLine(
            title: "GStreamer",
            text: """
                gst-launch-1.0 souphttpsrc location={base}stream is-live=true ! multipartdemux ! jpegdec \
                ! videoconvert ! autovideosink
                """),
        ProgramLine(title: "OpenCV in Python", text: "cv2.VideoCapture(\"{base}stream\")"),
    ]
}
