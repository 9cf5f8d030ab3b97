import Accounts
import NIOHTTP1
import RelayConfiguration

/// A request that has passed the gate, with all that an answer may need to know.
struct Request: Sendable {
    let head: HTTPRequestHead
    let target: RequestTarget
    /// What the listener serves that the request came through.
    let scope: Route.Scope
    let requester: Requester
    /// By what right it asks.
    var admission = Admission.anonymous
    /// What the relay serves at this moment.
    var served: Served

    /// Whether cameras' addresses and viewers may be shown: to operators who have logged in, where there are logins.
    var isOperator: Bool { served.access.hasUsers ? admission.isOperator : requester.isOperator }

    /// Whether limits of rates and times hold for its viewers: all but operators who have logged in or come through `admin`. Who is on
    /// this machine is no operator here, since a proxy on it looks the same.
    var isCapped: Bool { !admission.isOperator && scope != .admin }

    /// The sources that a list may show to the one who asks.
    var listed: [Source] { allListed.filter { Audience.mayWatch($0.configuration, admission, served.access) } }

    /// The sources that a list may show to somebody.
    var allListed: [Source] { served.sources.all.filter { $0.configuration.isListed || scope == .admin } }

    /// The query that hands a link on to what a page loads, without a question mark; nil where the page was not opened by one.
    var linkQuery: String? {
        if case .link(_, let link) = admission { link.query } else { nil }
    }

    /// An address with the link by which the request came.
    func handingOn(_ location: String) -> String { location + (linkQuery.map { "?\($0)" } ?? "") }

    /// The name of the cookies of this relay's logins.
    var cookieName: String { SessionCookie.name(at: requester.host) }

    /// Who may frame pages, as the policy writes it.
    var frameAncestors: String { (["'self'"] + served.access.frameAncestors).joined(separator: " ") }

    /// What other sites' pages may do with the pictures of an answer, as header fields.
    var pictureHeaders: HTTPHeaders { PictureAccess.headers(for: head, served.access.cors) }
}
