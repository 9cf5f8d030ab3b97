import NIOHTTP1
import RelayConfiguration

/// A request that has passed the gate, with all that an answer may need to know.
struct Request: Sendable {
    let head: HTTPRequestHead
    let target: RequestTarget
    /// What the listener serves that the request came through.
    let scope: Route.Scope
    let requester: Requester
    /// What the relay serves at this moment.
    let served: Served

    /// The sources that a list may show.
    var listed: [Source] { served.sources.all.filter { $0.configuration.isListed || scope == .admin } }

    /// Who may frame pages, as the policy writes it.
    var frameAncestors: String { (["'self'"] + served.access.frameAncestors).joined(separator: " ") }

    /// What other sites' pages may do with the pictures of an answer, as header fields.
    var pictureHeaders: HTTPHeaders { PictureAccess.headers(for: head, served.access.cors) }
}
