/// Answers that several kinds of request get.
extension HTTPAnswer {
    static let notFound = HTTPAnswer.text(.notFound, "there is nothing here")
    /// The user has logged in, but may not see this.
    static let userMayNot = HTTPAnswer.text(.forbidden, "this user may not see this")
    static let noSuchSource = HTTPAnswer.text(.notFound, "there is no source of this name")
    static let shuttingDown = HTTPAnswer.text(.serviceUnavailable, "the relay is shutting down", headers: ["Retry-After": "5"])
    static let tooManyViewers = HTTPAnswer.text(.serviceUnavailable, "too many viewers; try again later", headers: ["Retry-After": "5"])

    static let tooManyFromAddress = HTTPAnswer.text(
        .serviceUnavailable, "too many viewers from this address; close another one first", headers: ["Retry-After": "5"])

    /// The query is wrong.
    static func badQuery(_ error: QueryError) -> HTTPAnswer { .text(.badRequest, error.sentence) }

    /// A redirect to an address relative to the request's.
    static func redirect(to location: String) -> HTTPAnswer { .text(.found, "see \(location)", headers: ["Location": location]) }
}
