import NIOSSL

/// Certificates for cameras in tests, all with one key. They were made with openssl, to last a hundred years, but for the one
/// that is to be over.
enum TestCertificate: String, CaseIterable, Sendable {
    /// Made out to 127.0.0.1 and localhost, signed by its owner.
    case selfSigned
    /// Signed by its owner, and over since 2001.
    case expired
    /// Made out to 127.0.0.1 and localhost, signed by ``authority``.
    case signed
    /// Made out to other.example, signed by ``authority``.
    case otherName

    /// What a camera needs to show this certificate.
    func server(_ change: (inout TLSConfiguration) -> Void = { _ in }) throws -> NIOSSLContext {
        let certificate = try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(Self.key.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        change(&configuration)
        return try NIOSSLContext(configuration: configuration)
    }

    /// The certificate itself.
    var pem: String {
        switch self {
        case .selfSigned:
            """
            -----BEGIN CERTIFICATE-----
            MIIBnzCCAUWgAwIBAgIUJ9Kj/n4PvOPa88SOiI3/TFom6CswCgYIKoZIzj0EAwIw
            FjEUMBIGA1UEAwwLdGVzdCBjYW1lcmEwIBcNMjYxMTI2MDIyMjA5WhgPMjEyNjEx
            MDIwMjIyMDlaMBYxFDASBgNVBAMMC3Rlc3QgY2FtZXJhMFkwEwYHKoZIzj0CAQYI
            KoZIzj0DAQcDQgAEckpJAnkKzgxFqWHhC1iDaDt+JzI9N3jCs5LM16YfCSErHRjQ
            etmCNGsNNCoXZl61ukqOfAFL+qhCu6eMCR9arqNvMG0wHQYDVR0OBBYEFKNqK4FG
            KWQT3owpOeMKWpt0Loo2MB8GA1UdIwQYMBaAFKNqK4FGKWQT3owpOeMKWpt0Loo2
            MA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYcEfwAAAYIJbG9jYWxob3N0MAoG
            CCqGSM49BAMCA0gAMEUCIFSo85wn5JnINev7/sL8IBbowJFwjXlTK3yWZ8oa4wLA
            AiEA6OZ6EqcnhboijhQUTPaU6NM19s2g08Jb2CPoGqkxMOo=
            -----END CERTIFICATE-----
            """
        case .expired:
            """
            -----BEGIN CERTIFICATE-----
            MIIBEDCBuAIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDApvbGQgY2FtZXJhMB4X
            DTAwMDEwMTAwMDAwMFoXDTAxMDEwMTAwMDAwMFowFTETMBEGA1UEAwwKb2xkIGNh
            bWVyYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHJKSQJ5Cs4MRalh4QtYg2g7
            ficyPTd4wrOSzNemHwkhKx0Y0HrZgjRrDTQqF2ZetbpKjnwBS/qoQrunjAkfWq4w
            CgYIKoZIzj0EAwIDRwAwRAIgG7Cxmo/2ZqYae4C99HcCTdg0w9qwCuFIRJasaQc5
            RTkCIB/3rtTMh6wgc3zNPcs1cnii7IB30jxM5J1ci/mUM/kW
            -----END CERTIFICATE-----
            """
        case .signed:
            """
            -----BEGIN CERTIFICATE-----
            MIIBkzCCATmgAwIBAgIUC/gW8ALaHX4+EQph1bPj5DAaUcMwCgYIKoZIzj0EAwIw
            GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MDIyMjEwWhgPMjEy
            NjExMDIwMjIyMTBaMBgxFjAUBgNVBAMMDXNpZ25lZCBjYW1lcmEwWTATBgcqhkjO
            PQIBBggqhkjOPQMBBwNCAARySkkCeQrODEWpYeELWINoO34nMj03eMKzkszXph8J
            ISsdGNB62YI0aw00KhdmXrW6So58AUv6qEK7p4wJH1quo14wXDAaBgNVHREEEzAR
            hwR/AAABgglsb2NhbGhvc3QwHQYDVR0OBBYEFKNqK4FGKWQT3owpOeMKWpt0Loo2
            MB8GA1UdIwQYMBaAFFAQ6VsUFti+Vy79SU2SKj2dRk0yMAoGCCqGSM49BAMCA0gA
            MEUCIQC/EoLVJJ18rCOuifN0ijl6Qcu6/fwcDMrp3wnjAS3TXAIgbnLs0lDBI5Ro
            4ZyIiTF3V+2lSGqpsIzLPp3okazITAQ=
            -----END CERTIFICATE-----
            """
        case .otherName:
            """
            -----BEGIN CERTIFICATE-----
            MIIBkDCCATagAwIBAgIUC/gW8ALaHX4+EQph1bPj5DAaUcQwCgYIKoZIzj0EAwIw
            GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MDIyMjEwWhgPMjEy
            NjExMDIwMjIyMTBaMBcxFTATBgNVBAMMDG90aGVyIGNhbWVyYTBZMBMGByqGSM49
            AgEGCCqGSM49AwEHA0IABHJKSQJ5Cs4MRalh4QtYg2g7ficyPTd4wrOSzNemHwkh
            Kx0Y0HrZgjRrDTQqF2ZetbpKjnwBS/qoQrunjAkfWq6jXDBaMBgGA1UdEQQRMA+C
            DW90aGVyLmV4YW1wbGUwHQYDVR0OBBYEFKNqK4FGKWQT3owpOeMKWpt0Loo2MB8G
            A1UdIwQYMBaAFFAQ6VsUFti+Vy79SU2SKj2dRk0yMAoGCCqGSM49BAMCA0gAMEUC
            IQD7pEnv95rXRLmWw/2Uq/FDPr0/ftkxRCgUUDBali1StQIgSs4NDolY/I5aIRuq
            RXZJHDo1eV7AqNzBlUiwnyuro3M=
            -----END CERTIFICATE-----
            """
        }
    }

    /// Who has signed.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBiDCCAS+gAwIBAgIUHO9qQgraGiK1OM2wltsektbifcUwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MDIyMjEwWhgPMjEy
        NjExMDIwMjIyMTBaMBkxFzAVBgNVBAMMDnRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAESAZHuMNyYY7BdUYdlsTEzSyxl1q1JIjV6VJwMIQ/
        uQ506umw7toMAMxy9+iSApbTRD41aY1pEFxvRHaCQGA+gaNTMFEwHQYDVR0OBBYE
        FFAQ6VsUFti+Vy79SU2SKj2dRk0yMB8GA1UdIwQYMBaAFFAQ6VsUFti+Vy79SU2S
        Kj2dRk0yMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgWDSsBdor
        yCgwKMIPGB9qt9ETo03M29uyOr76DFXghDACIDJb3s8YYzYgyUgoGGMb4TElS0QH
        xN0JZqKGU0Pd69bL
        -----END CERTIFICATE-----
        """

    /// The key of all of them; it protects nothing.
    private static let key = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIC5dFF/jO0rEBSMY02KTKS5xHXS4Hb3tWxZAY94frUSKoAoGCCqGSM49
        AwEHoUQDQgAEckpJAnkKzgxFqWHhC1iDaDt+JzI9N3jCs5LM16YfCSErHRjQetmC
        NGsNNCoXZl61ukqOfAFL+qhCu6eMCR9arg==
        -----END EC PRIVATE KEY-----
        """
}
