import NIOCore

extension TimeAmount {
    /// Seconds as a number.
    var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
