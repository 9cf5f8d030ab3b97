/// The options of a framed picture.
struct EmbedOptions: Equatable {
    /// Whether the time at which the picture was taken is shown over it.
    var showsClock = false
    /// Whether the source's name is shown over the picture.
    var showsName = false
    /// The clockwise turn of the picture in degrees.
    var turn = 0
}

extension EmbedOptions {
    /// Reads `clock`, `name` and `rotate`; throws the sentence for a 400.
    init(_ target: RequestTarget) throws(QueryError) {
        showsClock = try Self.flag("clock", target)
        showsName = try Self.flag("name", target)
        switch target.value("rotate") {
        case nil, "0": turn = 0
        case "90": turn = 90
        case "180": turn = 180
        case "270": turn = 270
        default: throw QueryError(sentence: "rotate is 0, 90, 180 or 270")
        }
    }

    private static func flag(_ name: String, _ target: RequestTarget) throws(QueryError) -> Bool {
        switch target.value(name) {
        case nil, "0": false
        case "1": true
        default: throw QueryError(sentence: "\(name) is 0 or 1")
        }
    }
}
