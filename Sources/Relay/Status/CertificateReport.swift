import Certificates
import Glibc

/// A certificate that https serves, as the status shows it.
struct CertificateReport: Sendable {
    /// The names and addresses that the certificate is made out to.
    let names: [String]
    /// When the certificate expires, in seconds since 1970.
    let end: Int
    /// Why the files on disk are not served; nil where they are.
    let problem: String?

    init(_ watch: CertificateWatch) {
        names = watch.pair.names
        end = watch.pair.end
        problem = watch.problem.map { "\(watch.files.path(of: $0.file)): \($0.message)" }
    }

    /// Seconds until the certificate expires, below zero when it has expired.
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
