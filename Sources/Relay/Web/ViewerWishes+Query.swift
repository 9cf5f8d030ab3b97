import RelayConfiguration

extension ViewerWishes {
    /// Reads `on_loss`, `fps` and `rate`; throws the sentence for a 400.
    init(_ target: RequestTarget) throws(QueryError) {
        if let text = target.value("on_loss") {
            guard let onLoss = SourceConfiguration.OnLoss(rawValue: text) else {
                let words = SourceConfiguration.OnLoss.allCases.map(\.rawValue).joined(separator: ", ")
                throw QueryError(sentence: "on_loss is one of \(words)")
            }
            self.onLoss = onLoss
        }
        if let text = target.value("fps") {
            guard let fps = Double(text), fps <= Self.maxFPS, let pacer = FramePacer(framesPerSecond: fps) else {
                throw QueryError(sentence: "fps is a number above 0, at most \(Int(Self.maxFPS))")
            }
            self.pacer = pacer
        }
        if let text = target.value("rate") {
            guard let rate = RateText.parse(text) else {
                throw QueryError(sentence: "rate is a number with kbit, Mbit or Gbit, such as 500kbit")
            }
            self.rate = rate
        }
    }
}
