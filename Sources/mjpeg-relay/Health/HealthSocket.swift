import Glibc
import Logging
import NIOCore
import NIOPosix
import Relay
import RelayConfiguration
import Synchronization

/// The socket in the abstract namespace through which a running relay is asked for its health.
///
/// The socket's name belongs to the network namespace, so a container's relay is found inside its container. The socket needs neither a
/// port nor a writable file system, does not depend on how the relay was started, and is gone when the process ends. Anybody on the machine
/// may connect, and gets the answer without sending anything.
final class HealthSocket: Sendable {
    /// The names of the sockets in one network namespace. Each relay takes the first free name.
    static let names = (0..<64).map { "@mjpeg-relay.\($0)" }

    /// The most askers at a time; others are turned away.
    private static let maxAskers = 16

    /// How long an answer may take; the asker has given up by then.
    private static let limit = TimeAmount.seconds(5)

    private let relay: Relay
    private let loops: [any EventLoop]
    private let file: String?
    private let askers = Atomic(0)

    private init(_ relay: Relay, on group: MultiThreadedEventLoopGroup, file: String?) {
        self.relay = relay
        self.file = file
        loops = Array(group.makeIterator())
    }

    /// Takes a name and answers from now on until the process ends. `file` is the file that a reload reads; nil in the single-URL mode.
    static func open(for relay: Relay, on group: MultiThreadedEventLoopGroup, file: String?, logger: Logger) async {
        let socket = HealthSocket(relay, on: group, file: file.map(ConfigurationFile.absolutePath))
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler()) }
            }
            .childChannelInitializer { channel in
                socket.answer(channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
        guard let descriptor = bind(), (try? await bootstrap.withBoundSocket(descriptor).get()) != nil else {
            logger.warning("'mjpeg-relay health' will not find this relay: there is no free name for its socket")
            return
        }
        // NIO's default is 128. While the relay hangs, each asker that gave up still takes a place.
        listen(descriptor, 4096)
    }

    private static func bind() -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let isBound = names.contains { name in LocalSocket.withAddress(name) { Glibc.bind(descriptor, $0, $1) } == 0 }
        guard isBound else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Answers the asker at `channel` once every event loop and the relay itself have shown that they work; does not answer while one of
    /// them hangs.
    private func answer(_ channel: any Channel) {
        let isWelcome = askers.add(1, ordering: .relaxed).newValue <= Self.maxAskers
        channel.closeFuture.whenComplete { _ in self.askers.subtract(1, ordering: .relaxed) }
        guard isWelcome else { return channel.close(promise: nil) }
        let tooLate = channel.eventLoop.scheduleTask(in: Self.limit) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in tooLate.cancel() }
        let alive = EventLoopFuture.andAllSucceed(loops.map { $0.submit {} }, on: channel.eventLoop)
        alive.flatMap {
            let addresses = channel.eventLoop.makePromise(of: HealthAnswer.self)
            addresses.completeWithTask {
                HealthAnswer(file: self.file, listening: await self.relay.listening.map { ("\($0.address)", $0.isOpen) })
            }
            return addresses.futureResult
        }.flatMap { answer in
            channel.writeAndFlush(ByteBuffer(string: answer.text))
        }.whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}
