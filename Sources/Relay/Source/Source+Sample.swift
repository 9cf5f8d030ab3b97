import NIOCore

extension Source {
    /// The counters that rates are made of, now.
    var sample: RateMeter.Sample {
        let status = status
        let totals = hub.totals
        return RateMeter.Sample(
            time: .now(), framesIn: status.framesReceived, bytesIn: status.bytesReceived, framesOut: totals.framesSent,
            bytesOut: totals.bytesSent)
    }
}
