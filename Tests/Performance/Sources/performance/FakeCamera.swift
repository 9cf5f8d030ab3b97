import Glibc

/// Cameras that send pictures at a steady pace: one thread, one port, a path per camera (`/cam0` …).
///
/// Options: `--port P --fps F --size BYTES --cameras N`. Picture numbers follow the clock: one that is not sent is a gap.
final class FakeCamera {
    private final class Connection {
        let socket: Socket
        var camera: Int?
        /// What of the picture at hand has not been sent.
        var rest: ArraySlice<UInt8> = []

        init(_ socket: Socket) { self.socket = socket }
    }

    private let port: Int
    private let fps: Double
    private let cameras: Int
    private let poller: Poller
    private var connections: [CInt: Connection] = [:]
    private var part: [UInt8]
    private let pictureStart: Int

    init(_ options: Options) throws(Problem) {
        port = try options.integer("port", default: 9000)
        fps = try options.number("fps", default: 30)
        cameras = try options.integer("cameras", default: 1)
        let picture = Picture.make(size: try options.integer("size", default: 50_000))
        let head = Array("--camera\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n".utf8)
        part = head + picture + Array("\r\n".utf8)
        pictureStart = head.count
        poller = try Poller()
    }

    func run() throws(Problem) -> Never {
        let listener = try Socket.listening(on: port)
        poller.add(listener)
        let start = Clock.now
        let interval = 1e9 / fps
        // Cameras are spread over one interval.
        var slots = (0..<cameras).map { _ in 1 }
        while true {
            let now = Clock.now
            var next = UInt64.max
            for camera in 0..<cameras {
                let offset = Double(camera) / Double(cameras)
                var due = start + UInt64((Double(slots[camera]) + offset) * interval)
                if due <= now {
                    sendPicture(of: camera, number: UInt64(slots[camera]), at: now)
                    // What is late by more than half an interval is left out, not caught up with.
                    repeat {
                        slots[camera] += 1
                        due = start + UInt64((Double(slots[camera]) + offset) * interval)
                    } while due + UInt64(interval / 2) < now
                }
                next = min(next, due)
            }
            try poller.wait(until: next) { event in
                if event.descriptor == listener.descriptor {
                    while let socket = listener.accepted() {
                        connections[socket.descriptor] = Connection(socket)
                        poller.add(socket)
                    }
                } else if let connection = connections[event.descriptor] {
                    if event.isReadable { read(connection) }
                    if event.isWritable { write(connection) }
                }
            }
        }
    }

    private func sendPicture(of camera: Int, number: UInt64, at now: UInt64) {
        part.withUnsafeMutableBytes { bytes in
            Picture.stamp(UnsafeMutableRawBufferPointer(rebasing: bytes[pictureStart...]), number: number, time: now)
        }
        for connection in connections.values where connection.camera == camera && connection.rest.isEmpty {
            connection.rest = part[...]
            write(connection)
        }
    }

    private func write(_ connection: Connection) {
        guard let sent = connection.rest.withUnsafeBytes({ connection.socket.send($0) }) else { return drop(connection) }
        connection.rest = connection.rest.dropFirst(sent)
        poller.watch(connection.socket, writable: !connection.rest.isEmpty)
    }

    private func read(_ connection: Connection) {
        withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 1) { buffer in
            guard let count = connection.socket.receive(into: buffer) else { return drop(connection) }
            guard count > 0, connection.camera == nil else { return }
            connection.camera = Text.camera(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            let head = "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=camera\r\n\r\n"
            if !connection.socket.send(head) { drop(connection) }
        }
    }

    private func drop(_ connection: Connection) {
        poller.remove(connection.socket)
        connections[connection.socket.descriptor] = nil
        connection.socket.close()
    }
}
