import NIOPosix

/// The event loops of a test's cameras and of their reader.
package enum TestLoops {
    @TaskLocal package static var group: MultiThreadedEventLoopGroup = .singleton
    /// For cameras that keep their loop busy, so that tests beside theirs are not starved.
    package static let busy = MultiThreadedEventLoopGroup(numberOfThreads: 2)
}
