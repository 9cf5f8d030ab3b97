/// What a request asks for, decided by its target and by the listener it came through.
package enum Route: Equatable, Sendable {
    /// What there is of one source.
    package enum View: Equatable, Sendable {
        case page, embed, stream, webSocket, snapshot, status, metrics, healthz, readyz
        /// The pictures as WebSocket text messages, as the older relay sends them.
        case webSocketText
        /// The page, asked for without the slash from which its relative links count.
        case pageWithoutSlash
    }

    /// The list of sources.
    case index
    /// The status of all sources.
    case status
    case metrics
    case healthz
    case readyz
    /// One of the pages' own files.
    case file(String)
    case source(String, View)
    /// Another address, relative to the one asked for.
    case redirect(String)
    case notFound
    /// A query key with a value that it cannot have; the text says what it can.
    case badQuery(String)

    /// What a listener serves.
    package enum Scope: Equatable, Sendable {
        /// Every source under its name.
        case relay
        /// The same, for operators: what `admin` listens on.
        case admin
        /// One source at the top (a source's own port); its name leads to it too where `named` says so (the single-URL mode).
        case source(String, named: Bool)
        /// One source over WebSocket, on any path (the older relay's `-w`).
        case webSocket(String)
    }

    /// Finds what `target` means within `scope`.
    package init(_ target: RequestTarget, in scope: Scope) {
        let segments = target.segments
        switch scope {
        case .webSocket(let name):
            self = .source(name, .webSocketText)
        case .source(let name, let named):
            if named, segments.first == name {
                self = Self.view(of: name, segments.dropFirst(), target)
            } else if segments.isEmpty, target.value("action") == nil {
                self = .redirect("status")
            } else if segments == ["healthz"] {
                self = .healthz
            } else if segments == ["metrics"] {
                self = .source(name, .metrics)
            } else if segments.count == 2, segments[0] == "-" {
                self = .file(segments[1])
            } else {
                self = Self.view(of: name, segments[...], target)
            }
        case .relay, .admin:
            switch segments {
            case []: self = .index
            case ["status"]: self = .status
            case ["healthz"]: self = .healthz
            case ["readyz"]: self = .readyz
            case ["metrics"]: self = .metrics
            case let segments where segments.count == 2 && segments[0] == "-": self = .file(segments[1])
            default: self = Self.view(of: segments[0], segments.dropFirst(), target)
            }
        }
        if case .source(_, .readyz) = self, scope == .relay || scope == .admin { self = .notFound }
    }

    /// Whether it is there for viewers too where `admin` has taken the rest to a listener of its own.
    var isForViewers: Bool {
        switch self {
        case .healthz, .file, .notFound, .badQuery: true
        case .source(_, let view): [.stream, .snapshot, .webSocket, .webSocketText, .embed, .healthz].contains(view)
        case .index, .status, .metrics, .readyz, .redirect: false
        }
    }

    /// `rest` is the path behind the source's name.
    private static func view(of name: String, _ rest: ArraySlice<String>, _ target: RequestTarget) -> Route {
        guard rest.count <= 1 else { return .notFound }
        switch rest.first {
        case nil:
            switch target.value("action") {
            // As mjpg-streamer's clients ask.
            case "stream": return .source(name, .stream)
            case "snapshot": return .source(name, .snapshot)
            case nil: return .source(name, target.hasTrailingSlash ? .page : .pageWithoutSlash)
            default: return .badQuery("action is stream or snapshot")
            }
        case "stream", "stream.mjpg", "stream.mjpeg": return .source(name, .stream)
        case "embed": return .source(name, .embed)
        case "ws": return .source(name, .webSocket)
        case "snapshot", "snapshot.jpg", "snapshot.jpeg": return .source(name, .snapshot)
        case "status": return .source(name, .status)
        case "healthz": return .source(name, .healthz)
        case "readyz": return .source(name, .readyz)
        default: return .notFound
        }
    }
}
