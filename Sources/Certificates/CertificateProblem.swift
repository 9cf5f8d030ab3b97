/// Why a certificate and a key cannot be served: the end of an operator's sentence. It never holds a byte of either file.
package struct CertificateProblem: Error, Equatable, Sendable {
    /// Which of the two files it is about.
    package enum File: Equatable, Sendable {
        case chain
        case key
    }

    package let file: File
    package let message: String
}
