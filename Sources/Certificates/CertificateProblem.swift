/// Why a certificate and a key cannot be served: the end of an operator's sentence, which never contains a byte of either file.
package struct CertificateProblem: Error, Equatable, Sendable {
    /// The file with the problem.
    package enum File: Equatable, Sendable {
        case chain
        case key
    }

    package let file: File
    package let message: String
}
