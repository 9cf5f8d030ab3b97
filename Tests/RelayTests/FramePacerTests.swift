import NIOCore
import Testing

@testable import Relay

@Suite struct FramePacerTests {
    /// Plays frames that come at `arrivals` (milliseconds) and returns when the newest ones go out.
    private func shown(fps: Double, arrivals: [Int]) throws -> [(time: Int, frame: Int)] {
        var pacer = try #require(FramePacer(framesPerSecond: fps))
        var out: [(time: Int, frame: Int)] = []
        var waiting: Int?
        for millisecond in 0...(arrivals.last ?? 0) + 1000 {
            let now = NIODeadline.uptimeNanoseconds(UInt64(millisecond) * 1_000_000)
            if let frame = arrivals.firstIndex(of: millisecond) { waiting = frame }
            if let frame = waiting, pacer.wait(at: now) == nil {
                pacer.take(at: now)
                out.append((millisecond, frame))
                waiting = nil
            }
        }
        return out
    }

    @Test func fifteenOfTwentyFiveFramesAreEvenlySpaced() throws {
        let out = try shown(fps: 15, arrivals: (0..<75).map { $0 * 40 })
        let gaps = zip(out.dropFirst(), out).map { $0.time - $1.time }
        // All but the last, which comes when it comes.
        #expect(gaps.dropLast().allSatisfy { (66...67).contains($0) }, "\(gaps)")
        #expect(out.count == 46)
    }

    @Test func eachSlotGetsTheNewestFrame() throws {
        let out = try shown(fps: 5, arrivals: [0, 30, 60, 90, 120, 150, 180, 210, 240])
        #expect(out.map(\.time) == [0, 200, 400])
        #expect(out.map(\.frame) == [0, 6, 8])
    }

    @Test func aSlowerSourceIsPassedOnAtOnce() throws {
        let arrivals = [0, 103, 195, 301, 398]
        let out = try shown(fps: 30, arrivals: arrivals)
        #expect(out.map(\.time) == arrivals)
    }

    @Test func aSourceOfTheSamePaceLosesNothing() throws {
        // 25 frames per second that come up to 9 ms late.
        let arrivals = (0..<50).map { $0 * 40 + ($0 * 7) % 10 }
        let out = try shown(fps: 25, arrivals: arrivals)
        #expect(out.map(\.frame) == Array(0..<50))
        #expect(zip(out, arrivals).allSatisfy { $0.time - $1 < 10 })
    }

    @Test func aPauseIsNotMadeUpFor() throws {
        let out = try shown(fps: 10, arrivals: [0, 1000, 1010, 1020, 1030])
        #expect(out.map(\.time) == [0, 1000, 1100])
        #expect(out.map(\.frame) == [0, 1, 4])
    }

    @Test(arguments: [0, -1, .nan, .infinity])
    func isNilForNoNumberOfFrames(fps: Double) {
        #expect(FramePacer(framesPerSecond: fps) == nil)
    }
}
