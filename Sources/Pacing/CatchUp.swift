/// When a viewer that could not take a frame at once may take it later.
///
/// A frame that goes out late is old when it arrives. So a viewer whose path becomes clear soon after a frame came gets that
/// frame, and one whose path becomes clear later waits for the next, which comes while the receiver still works through what
/// it has got. Measured with a reader of a quarter of 30 frames/s of 50 KB, age of the picture at its last byte, p50 and p99:
/// 185 and 224 ms when every frame may be taken late, 160 and 198 ms within a quarter of the interval, 134 and 204 ms when
/// none may; the frames seen are the same. Taking none would halve the frames of a viewer that is a little too slow.
///
/// A viewer that has not skipped frames of late takes the next one at any time: a hitch shall not cost it one.
package enum CatchUp {
    /// How many frames without a skip make a viewer one that keeps up. A slow one gets a frame in time now and then, as long as
    /// its receive buffer has room.
    package static let steadyFrames = 8

    /// The shortest time between two looks at a viewer's connection.
    package static let shortestLook = Nanoseconds(4_000_000)

    /// Whether a frame of this age may still go out; `interval` is the time between two frames of its source, `skips` whether
    /// the viewer misses frames of late.
    ///
    /// When the next frame is overdue, there is nothing better to wait for.
    package static func mayTake(age: Nanoseconds, interval: Nanoseconds, skips: Bool) -> Bool {
        !skips || age <= interval / 4 || age >= interval + interval / 4
    }

    /// The age of the newest frame at which to look again for a viewer that is behind.
    package static func nextLook(age: Nanoseconds, interval: Nanoseconds, skips: Bool) -> Nanoseconds {
        let next = age + max(shortestLook, interval / 16)
        if next <= (skips ? interval / 4 : interval) { return next }
        // Later in the interval the next frame itself is the next look.
        return max(interval + interval / 4, age + max(shortestLook, interval / 4))
    }
}
