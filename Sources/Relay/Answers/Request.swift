import Accounts
import NIOHTTP1
import RelayConfiguration

/// A request that has passed the gate, with everything that an answer may need.
struct Request: Sendable {
    let head: HTTPRequestHead
    let target: RequestTarget
    /// What the request's listener serves.
    let scope: Route.Scope
    let requester: Requester
    /// The login or link that let the request in.
    var admission = Admission.anonymous
    /// What the relay serves now.
    var served: Served

    /// Whether the addresses of cameras and viewers may be shown. With users, only to operators who have logged in.
    var isOperator: Bool { served.access.hasUsers ? admission.isOperator : requester.isOperator }

    /// Whether limits of rates and times apply to the viewer: to everybody but operators who have logged in or come through `admin`. A
    /// client on this machine is no operator here, because a proxy on this machine looks the same.
    var isCapped: Bool { !admission.isOperator && scope != .admin }

    /// The sources that a list may show to this client.
    var listed: [Source] { allListed.filter { Audience.mayWatch($0.configuration, admission, served.access) } }

    /// The sources that a list may show to any client.
    var allListed: [Source] { served.sources.all.filter { $0.configuration.isListed || scope == .admin } }

    /// The query with the link's signature, without a question mark, for everything that the page loads; nil where no link opened the page.
    var linkQuery: String? {
        if case .link(_, let link) = admission { link.query } else { nil }
    }

    /// `location` with the signature of the link that let the request in, if there was one.
    func handingOn(_ location: String) -> String { location + (linkQuery.map { "?\($0)" } ?? "") }

    /// The name of the cookies of this relay's logins.
    var cookieName: String { SessionCookie.name(at: requester.host) }

    /// Who may frame pages, as the content security policy writes it.
    var frameAncestors: String { (["'self'"] + served.access.frameAncestors).joined(separator: " ") }

    /// What other sites' pages may do with the pictures of an answer, as header fields.
    var pictureHeaders: HTTPHeaders { PictureAccess.headers(for: head, served.access.cors) }
}
