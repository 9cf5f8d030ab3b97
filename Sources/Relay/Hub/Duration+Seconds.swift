extension Duration {
    /// Seconds as a number.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// Seconds with one decimal, as in `2.5s`; for logs and pages.
    package var formattedSeconds: String {
        let tenths = Int((inSeconds * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))s"
    }
}
