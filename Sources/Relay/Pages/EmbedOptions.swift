/// How a page that frames a picture wants it shown.
struct EmbedOptions: Equatable {
    /// Whether the time at which the picture was taken stands over it.
    var showsClock = false
    /// Whether the source's name stands over it.
    var showsName = false
    /// By how many degrees it is turned, clockwise.
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
