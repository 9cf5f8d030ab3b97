import NIOCore
import NIOHTTP1

/// How a viewer wants its stream.
struct StreamRequest: Equatable, Sendable {
    /// The most frames per second that a viewer may ask for.
    static let maxFPS = 1000.0

    let form: StreamForm
    /// Nil for every frame.
    let pacer: FramePacer?

    /// Reads `advance_headers` and `fps` of the query; what they leave open depends on who asks.
    ///
    /// - Throws: ``RequestError`` with the sentence for the client, when a known key has a bad value.
    init(headers: HTTPHeaders, target: RequestTarget) throws(RequestError) {
        guard let form = StreamForm(headers: headers, target: target) else { throw RequestError("advance_headers is 0 or 1") }
        self.form = form
        guard let text = target.value("fps") else {
            pacer = nil
            return
        }
        guard let fps = Double(text), fps <= Self.maxFPS, let pacer = FramePacer(framesPerSecond: fps) else {
            throw RequestError("fps is a number above 0, at most \(Int(Self.maxFPS))")
        }
        self.pacer = pacer
    }
}

/// What is wrong with a request, as a sentence for the client.
struct RequestError: Error, Equatable {
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}
