/// The thing that a request asks for, decided by the target and the listener.
package enum Route: Equatable, Sendable {
    /// What the relay serves of one source.
    package enum View: Equatable, Sendable {
        case page, embed, stream, webSocket, snapshot, status, metrics, healthz, readyz
        /// Takes a publisher's pictures.
        case publish
        /// The pictures as WebSocket text messages, as the older relay sends them.
        case webSocketText
        /// The page, asked for without the slash at the end that its relative links need.
        case pageWithoutSlash
    }

    /// The list of sources.
    case index
    /// The status of all sources.
    case status
    case metrics
    case healthz
    case readyz
    /// What another relay hears of the sources here.
    case list
    /// Several pictures and nothing else.
    case wall
    /// A script, style or icon of the pages.
    case file(String)
    case source(String, View)
    /// Another address, relative to the one asked for.
    case redirect(String)
    case notFound
    /// A query key has a wrong value; the text says which values are right.
    case badQuery(String)

    /// What a listener serves.
    package enum Scope: Equatable, Sendable {
        /// Every source under its name.
        case relay
        /// Every source under its name, for operators: the listeners of `admin`.
        case admin
        /// One source without its name in the path (a source's own port). With `named`, also with its name (the single-URL mode).
        case source(String, named: Bool)
        /// One source over WebSocket, on any path (the older relay's `-w`).
        case webSocket(String)
        /// Nothing but redirects to https.
        case redirect
    }

    /// The paths of one word on a listener that serves every source.
    static let ofRelay: [String: Route] = [
        "status": .status, "metrics": .metrics, "healthz": .healthz, "readyz": .readyz, "embed": .wall, "ws": .list,
    ]
    /// The words behind a source's name.
    static let ofSource: [String: View] = [
        "stream": .stream, "stream.mjpg": .stream, "stream.mjpeg": .stream, "snapshot": .snapshot, "snapshot.jpg": .snapshot,
        "snapshot.jpeg": .snapshot, "ws": .webSocket, "embed": .embed, "status": .status, "healthz": .healthz,
        "publish": .publish,
    ]
    /// Further words on a listener that serves one source alone.
    static let ofOwnPort: [String: View] = ["metrics": .metrics, "readyz": .readyz]

    /// Every word that can begin a path in some scope and is not a source's name.
    static var words: Set<String> { Set(ofRelay.keys).union(ofSource.keys).union(ofOwnPort.keys) }

    /// Finds what `target` means within `scope`.
    package init(_ target: RequestTarget, in scope: Scope) {
        let route = Self.meant(by: target, in: scope)
        // A program that asks for a picture may save a page as a picture.
        guard target.action != nil, route.mayBePage else {
            self = route
            return
        }
        if case .source = scope {
            self = .badQuery(Self.badAction)
        } else {
            self = .badQuery(Self.badAction + ", of a source: /NAME/?action=snapshot")
        }
    }

    private static let badAction = "action is stream or snapshot"

    private static func meant(by target: RequestTarget, in scope: Scope) -> Route {
        let segments = target.segments
        switch (scope, segments.first) {
        case (.redirect, _): return .notFound
        case (.webSocket(let name), _): return .source(name, .webSocketText)
        case (.source(let name, named: true), let word?) where word == name:
            return view(of: name, segments.dropFirst(), target)
        case (_, "-") where segments.count == 2: return .file(segments[1])
        case (.source(let name, _), let word?) where segments.count == 1:
            if word == "healthz" { return .healthz }
            return ofOwnPort[word].map { .source(name, $0) } ?? view(of: name, segments[...], target)
        case (.source, nil) where target.action == nil: return .redirect("status")
        case (.source(let name, _), _): return view(of: name, segments[...], target)
        case (.relay, nil), (.admin, nil): return .index
        case (.relay, let word?), (.admin, let word?):
            let whole = segments.count == 1 ? ofRelay[word] : nil
            return whole ?? view(of: word, segments.dropFirst(), target)
        }
    }

    /// Whether viewers may ask for this route where `admin` has listeners of its own for the operators' routes.
    var isForViewers: Bool {
        switch self {
        case .healthz, .list, .wall, .file, .notFound, .badQuery: true
        case .source(_, let view): [.stream, .snapshot, .webSocket, .webSocketText, .embed, .healthz, .publish].contains(view)
        case .index, .status, .metrics, .readyz, .redirect: false
        }
    }

    /// The source that the route leads to within `scope`; nil for none.
    func source(in scope: Scope) -> String? {
        switch (self, scope) {
        case (.source(let name, _), _), (.redirect, .source(let name, _)): name
        default: nil
        }
    }

    /// Whether a request for this route publishes pictures: then its login is a publisher's, not a viewer's.
    func isPublished(bringsBody: Bool) -> Bool {
        switch self {
        case .source(_, .publish): true
        case .source(_, .stream): bringsBody
        default: false
        }
    }

    /// Whether the route needs no login even with users: the answer names no camera.
    var isOpen: Bool {
        switch self {
        case .healthz, .readyz, .file: true
        case .source(_, .readyz): true
        case .index, .status, .metrics, .list, .wall, .source, .redirect, .notFound, .badQuery: false
        }
    }

    /// Whether a link that opens a source opens this view of the source.
    var isForLinks: Bool {
        switch self {
        case .source(_, let view): view != .metrics && view != .publish
        case .redirect: true
        case .index, .status, .metrics, .healthz, .readyz, .list, .wall, .file, .notFound, .badQuery: false
        }
    }

    /// Whether the answer may be a page.
    var mayBePage: Bool {
        switch self {
        case .index, .status, .wall, .source(_, .page), .source(_, .embed), .source(_, .status): true
        case .metrics, .healthz, .readyz, .list, .file, .source, .redirect, .notFound, .badQuery: false
        }
    }

    /// `rest` is the path behind the source's name.
    private static func view(of name: String, _ rest: ArraySlice<String>, _ target: RequestTarget) -> Route {
        guard rest.count <= 1 else { return .notFound }
        guard rest.isEmpty else { return rest.first.flatMap { ofSource[$0] }.map { .source(name, $0) } ?? .notFound }
        switch target.action {
        // As mjpg-streamer's clients ask.
        case "stream": return .source(name, .stream)
        case "snapshot": return .source(name, .snapshot)
        case nil: return .source(name, target.hasTrailingSlash ? .page : .pageWithoutSlash)
        default: return .badQuery(badAction)
        }
    }
}
