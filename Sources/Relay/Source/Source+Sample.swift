import NIOCore

extension Source {
    /// The present values of the counters from which rates are computed.
    var sample: RateMeter.Sample {
        let status = status
        let totals = hub.totals
        return RateMeter.Sample(
            time: .now(), framesIn: status.framesReceived, bytesIn: status.bytesReceived, framesOut: totals.framesSent,
            bytesOut: totals.bytesSent)
    }
}
