import NIOCore

extension EventLoop {
    /// Waits until a time on this loop's clock; cancellation ends it at once, with an error.
    func wait(until due: NIODeadline) async throws {
        try Task.checkCancellation()
        let timer = scheduleTask(deadline: due) {}
        try await withTaskCancellationHandler {
            try await timer.futureResult.get()
        } onCancel: {
            timer.cancel()
        }
    }
}
