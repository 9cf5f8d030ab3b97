import TestSupport
import Testing

@testable import CameraClient

/// Frames that come faster than they can be shown.
@Suite(.timeLimit(.minutes(1))) struct OverloadTests {
    /// More than is read at once, in one piece, or in pieces while frames wait.
    @Test(arguments: [[400], [5, 5, 5, 385]])
    func whereThereIsNoTimeOnlyTheLastFrameOfWhatCameGoesOut(_ bursts: [Int]) async throws {
        let last = TestPicture.jpeg(3)
        var steps: [TestCamera.Step] = [.send(TestPicture.head)]
        for count in bursts {
            steps.append(.send(TestPicture.parts((0..<count).map { TestPicture.jpeg($0 % 2) })))
            steps.append(.pause(5))
        }
        steps.append(.send(TestPicture.parts([last])))
        // Nothing behind the last frame brings it out.
        steps.append(.pause(20_000))
        let script = steps
        let camera = try await TestCamera.start { _ in script }
        let watcher = Watcher(isSettled: false) { $0.jpegs.last == last }
        let watched = await watcher.read(try httpCamera("http://127.0.0.1:\(camera.port)/"))
        #expect(watched.jpegs.last == last)
        // Each held for 20 ms, they would all have come in eight seconds.
        #expect(watched.frames < 60, "\(watched.frames)")
        await camera.stop()
    }
}
