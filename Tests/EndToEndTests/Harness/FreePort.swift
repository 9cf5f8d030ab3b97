import NIOCore
import NIOPosix

/// A port that is free, for programs that cannot be given port 0 or cannot say what they got.
enum FreePort {
    static func find() async throws -> Int {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = server.localAddress?.port ?? 0
        try await server.close().get()
        return port
    }
}
