/// Answers that several kinds of request get.
extension HTTPAnswer {
    static let notFound = HTTPAnswer.text(.notFound, "there is nothing here")
    /// Who has logged in may not have it.
    static let userMayNot = HTTPAnswer.text(.forbidden, "this user may not see this")
    static let noSuchSource = HTTPAnswer.text(.notFound, "there is no source of this name")
    static let shuttingDown = HTTPAnswer.text(.serviceUnavailable, "the relay is shutting down", headers: ["Retry-After": "5"])
    static let tooManyViewers = HTTPAnswer.text(.serviceUnavailable, "too many viewers; try again later", headers: ["Retry-After": "5"])

    static let tooManyFromAddress = HTTPAnswer.text(
        .serviceUnavailable, "too many viewers from this address; close another one first", headers: ["Retry-After": "5"])

    /// A query that cannot be read.
    static func badQuery(_ error: QueryError) -> HTTPAnswer { .text(.badRequest, error.sentence) }

    /// Another address, relative to the one asked for.
    static func redirect(to location: String) -> HTTPAnswer { .text(.found, "see \(location)", headers: ["Location": location]) }
}
