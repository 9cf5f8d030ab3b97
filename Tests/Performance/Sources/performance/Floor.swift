import Glibc

/// The least that a relay can do, against which the real one is measured: one thread, no checks, no limits, no reconnects.
/// One read loop per camera, one `send` per viewer and picture; a viewer that has not taken its last picture is passed over.
///
/// Options: `--port P --camera-port P --cameras N`.
final class Floor {
    /// A picture with its part header, shared by all viewers.
    private final class Part {
        let bytes: UnsafeMutableRawBufferPointer
        var filled = 0

        init(pictureLength: Int) {
            let head = Array("Content-Type: image/jpeg\r\nContent-Length: \(pictureLength)\r\n\r\n".utf8)
            let tail = Array("\r\n--floor\r\n".utf8)
            bytes = .allocate(byteCount: head.count + pictureLength + tail.count, alignment: 8)
            bytes.copyBytes(from: head)
            UnsafeMutableRawBufferPointer(rebasing: bytes[(head.count + pictureLength)...]).copyBytes(from: tail)
            filled = head.count
        }

        deinit { bytes.deallocate() }
    }

    private final class Viewer {
        let socket: Socket
        var camera: Int?
        var part: Part?
        var offset = 0

        init(_ socket: Socket) { self.socket = socket }
    }

    private final class Upstream {
        let socket: Socket
        var head: [UInt8] = []
        var part: Part?
        /// Bytes of the picture that are still to come.
        var missing = 0
        var newest: Part?
        var viewers: [Viewer] = []

        init(_ socket: Socket) { self.socket = socket }
    }

    private let port: Int
    private let poller: Poller
    private let upstreams: [Upstream]
    private var upstreamsByDescriptor: [CInt: Upstream] = [:]
    private var viewers: [CInt: Viewer] = [:]

    init(_ options: Options) throws(Problem) {
        port = try options.integer("port", default: 9001)
        poller = try Poller()
        var upstreams: [Upstream] = []
        for _ in 0..<(try options.integer("cameras", default: 1)) {
            upstreams.append(Upstream(try .connecting(to: try options.integer("camera-port", default: 9000))))
        }
        self.upstreams = upstreams
    }

    func run() throws(Problem) -> Never {
        let listener = try Socket.listening(on: port)
        poller.add(listener)
        for upstream in upstreams {
            upstreamsByDescriptor[upstream.socket.descriptor] = upstream
            poller.add(upstream.socket, writable: true)
        }
        while true {
            try poller.wait(until: nil) { event throws(Problem) in
                if event.descriptor == listener.descriptor {
                    while let socket = listener.accepted() {
                        viewers[socket.descriptor] = Viewer(socket)
                        poller.add(socket)
                    }
                } else if let upstream = upstreamsByDescriptor[event.descriptor] {
                    if event.isWritable { ask(upstream) }
                    if event.isReadable { try read(upstream) }
                } else if let viewer = viewers[event.descriptor] {
                    if event.isReadable { begin(viewer) } else if event.isWritable { resume(viewer) }
                }
            }
        }
    }

    private func ask(_ upstream: Upstream) {
        poller.watch(upstream.socket, writable: false)
        let index = upstreams.firstIndex { $0 === upstream } ?? 0
        _ = upstream.socket.send("GET /cam\(index) HTTP/1.1\r\nHost: floor\r\n\r\n")
    }

    private func read(_ upstream: Upstream) throws(Problem) {
        while true {
            let count: Int?
            if let part = upstream.part {
                count = upstream.socket.receive(into: .init(rebasing: part.bytes[part.filled..<(part.filled + upstream.missing)]))
                part.filled += count ?? 0
                upstream.missing -= count ?? 0
                if upstream.missing == 0 { deliver(part, from: upstream) }
            } else {
                count = withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
                    let count = upstream.socket.receive(into: buffer)
                    upstream.head += buffer[..<(count ?? 0)]
                    return count
                }
                beginParts(of: upstream)
            }
            guard let count else { throw Problem("the floor's camera is gone") }
            if count == 0 { return }
        }
    }

    /// Takes header blocks, the response's and the parts', from what has been read.
    private func beginParts(of upstream: Upstream) {
        while upstream.part == nil {
            let (end, length) = upstream.head.withUnsafeBytes { bytes -> (Int?, Int?) in
                guard let end = Text.endOfHeaders(bytes) else { return (nil, nil) }
                return (end, Text.contentLength(UnsafeRawBufferPointer(rebasing: bytes[..<end])))
            }
            guard let end else { return }
            upstream.head.removeFirst(end)
            guard let length else { continue }
            let part = Part(pictureLength: length)
            let taken = min(length, upstream.head.count)
            UnsafeMutableRawBufferPointer(rebasing: part.bytes[part.filled...]).copyBytes(from: upstream.head[..<taken])
            upstream.head.removeFirst(taken)
            part.filled += taken
            upstream.missing = length - taken
            upstream.part = part
            if upstream.missing == 0 { deliver(part, from: upstream) }
        }
    }

    private func deliver(_ part: Part, from upstream: Upstream) {
        upstream.part = nil
        upstream.newest = part
        for viewer in upstream.viewers where viewer.part == nil { give(part, to: viewer) }
    }

    private func give(_ part: Part, to viewer: Viewer) {
        let begun = viewer.part != nil
        if !begun { viewer.offset = 0 }
        guard let sent = viewer.socket.send(.init(rebasing: part.bytes[viewer.offset...])) else { return drop(viewer) }
        viewer.offset += sent
        let isDone = viewer.offset == part.bytes.count
        viewer.part = isDone ? nil : part
        if begun == isDone { poller.watch(viewer.socket, writable: !isDone) }
    }

    private func resume(_ viewer: Viewer) {
        guard let part = viewer.part, let camera = viewer.camera else { return }
        give(part, to: viewer)
        if viewer.part == nil, let newest = upstreams[camera].newest, newest !== part { give(newest, to: viewer) }
    }

    private func begin(_ viewer: Viewer) {
        withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 1) { buffer in
            guard let count = viewer.socket.receive(into: buffer) else { return drop(viewer) }
            guard count > 0, viewer.camera == nil else { return }
            let camera = Text.camera(UnsafeRawBufferPointer(rebasing: buffer[..<count])) % upstreams.count
            viewer.camera = camera
            upstreams[camera].viewers.append(viewer)
            _ = viewer.socket.send("HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=floor\r\n\r\n--floor\r\n")
            if let newest = upstreams[camera].newest { give(newest, to: viewer) }
        }
    }

    private func drop(_ viewer: Viewer) {
        if let camera = viewer.camera { upstreams[camera].viewers.removeAll { $0 === viewer } }
        viewers[viewer.socket.descriptor] = nil
        poller.remove(viewer.socket)
        viewer.socket.close()
    }
}
