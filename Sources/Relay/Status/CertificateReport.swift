import Certificates
import Glibc

/// What the status says of a certificate that https shows.
struct CertificateReport: Sendable {
    /// The names and addresses that it is made out to.
    let names: [String]
    /// When it ends, in seconds since 1970.
    let end: Int
    /// Why what is on disk is not served; nil where it is.
    let problem: String?

    init(_ watch: CertificateWatch) {
        names = watch.pair.names
        end = watch.pair.end
        problem = watch.problem.map { "\(watch.files.path(of: $0.file)): \($0.message)" }
    }

    /// Seconds until it ends, below zero when it has.
    var secondsLeft: Int { end - time(nil) }

    func json(isForOperator: Bool) -> JSONValue {
        .object([
            ("names", .array(names.map { .string($0) })),
            ("expires_in_seconds", .integer(Int64(secondsLeft))),
            ("has_problem", .bool(problem != nil)),
            ("problem", isForOperator ? problem.map { .string($0) } ?? .null : .null),
        ])
    }
}
