import NIOCore
import NIOPosix

/// One dial's look-up in the form that NIO's connector asks for: both families answered from one question.
///
/// Bound to the dial's event loop by its promises; the look-up itself runs elsewhere.
final class DialResolver: Resolver, Sendable {
    private let resolver: HostResolver
    private let ipv4: EventLoopPromise<[SocketAddress]>
    private let ipv6: EventLoopPromise<[SocketAddress]>

    init(_ resolver: HostResolver, eventLoop: any EventLoop) {
        self.resolver = resolver
        ipv4 = eventLoop.makePromise()
        ipv6 = eventLoop.makePromise()
    }

    /// NIO asks for both families, this one first; the question goes out here.
    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        let (ipv4, ipv6) = (ipv4, ipv6)
        resolver.lookUp(host: host, port: port) { answer in
            switch answer {
            case .success(let addresses):
                ipv6.succeed(addresses.filter { $0.protocol == .inet6 })
                ipv4.succeed(addresses.filter { $0.protocol == .inet })
            case .failure(let failure):
                ipv6.fail(failure)
                ipv4.fail(failure)
            }
        }
        return ipv6.futureResult
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        ipv4.futureResult
    }

    func cancelQueries() {}
}
