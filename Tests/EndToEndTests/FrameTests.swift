import Testing

/// Frames reach viewers whole, in order, unchanged, and as soon as their last byte is in.
@Suite struct FrameTests {
    @Test func framesReachTheViewerInOrderAndUnchanged() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.watch(of: relay)
            let upstream = try await camera.connection()
            try await upstream.answer()
            for number in 1...20 {
                // One after the other, so that none is skipped: the viewer has it before the camera sends the next.
                let jpeg = TestPicture.jpeg(number, size: number * 5000)
                try await upstream.send(picture: jpeg)
                #expect(try await viewer.part().jpeg == jpeg)
            }
            #expect(camera.connectionCount == 1)
        }
    }
}
