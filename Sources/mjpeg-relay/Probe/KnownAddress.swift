/// Where a make of camera has its pictures.
struct KnownAddress {
    /// The make of camera, or the program.
    let make: String
    let path: String
    /// The usual ports.
    let ports: [Int]

    init(_ make: String, _ path: String, ports: [Int] = [80]) {
        self.make = make
        self.path = path
        self.ports = ports
    }

    /// The ports that are tried, in this order, where the operator names none.
    static let ports = [80, 81, 8080, 8081, 4747, 443, 8443]
    /// The ports of https, each with the plain port that usually has the same addresses.
    private static let encrypted = [443: 80, 8443: 8080]

    /// Streams first, because they are better than single pictures. Each port's start page comes last, to tell whether a web server is
    /// there.
    static let all = [
        KnownAddress("ESP32-CAM, Tasmota", "/stream", ports: [81, 80, 8080]),
        KnownAddress("ESP32-CAM", "/mjpeg/1"),
        KnownAddress("mjpg-streamer, OctoPrint", "/?action=stream", ports: [8080]),
        KnownAddress("Android IP Webcam, DroidCam", "/video", ports: [8080, 4747]),
        KnownAddress("Axis", "/axis-cgi/mjpg/video.cgi"),
        KnownAddress("Axis, TRENDnet", "/mjpg/video.mjpg"),
        KnownAddress("Hikvision", "/ISAPI/Streaming/channels/102/httpPreview"),
        KnownAddress("Dahua, Amcrest", "/cgi-bin/mjpg/video.cgi?channel=1&subtype=1"),
        KnownAddress("Foscam", "/videostream.cgi"),
        KnownAddress("Foscam HD", "/cgi-bin/CGIStream.cgi?cmd=GetMJStream"),
        KnownAddress("D-Link, TRENDnet", "/video/mjpg.cgi"),
        KnownAddress("D-Link", "/mjpeg.cgi"),
        KnownAddress("D-Link, Edimax", "/video.cgi"),
        KnownAddress("TP-Link", "/stream/video/mjpeg", ports: [8080]),
        KnownAddress("OpenIPC", "/mjpeg"),
        KnownAddress("Vivotek, Lumenera", "/video.mjpg"),
        KnownAddress("Panasonic", "/nphMotionJpeg?Resolution=640x480&Quality=Standard"),
        KnownAddress("Panasonic", "/cgi-bin/mjpeg"),
        KnownAddress("Mobotix", "/cgi-bin/faststream.jpg?stream=full"),
        KnownAddress("Sony", "/img/video.mjpeg"),
        KnownAddress("motion", "/", ports: [8081]),
        KnownAddress("Axis", "/axis-cgi/jpg/image.cgi"),
        KnownAddress("Hikvision", "/ISAPI/Streaming/channels/101/picture"),
        KnownAddress("Dahua, Amcrest", "/cgi-bin/snapshot.cgi"),
        KnownAddress("Foscam", "/snapshot.cgi"),
        KnownAddress("D-Link", "/image/jpeg.cgi"),
        KnownAddress("ESP32-CAM", "/capture"),
        KnownAddress("Android IP Webcam", "/shot.jpg", ports: [8080]),
        KnownAddress("mjpg-streamer", "/?action=snapshot", ports: [8080]),
        KnownAddress("OpenIPC, many others", "/image.jpg"),
        KnownAddress("many", "/snapshot.jpg"),
        KnownAddress("many", "/snapshot", ports: [80, 8080]),
    ]

    /// The addresses to try at a port; all of them where the operator named the port.
    static func at(port: Int, isNamed: Bool) -> [KnownAddress] {
        let known = all.filter { isNamed || $0.ports.contains(encrypted[port] ?? port) }
        return known.contains { $0.path == "/" } ? known : known + [KnownAddress("its page", "/", ports: [port])]
    }
}
