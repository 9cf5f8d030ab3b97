import NIOSSL

/// Certificates that TLS libraries take only when asked to, each with a key of its own. They were made with openssl, to last a
/// hundred years.
enum UnusualCertificate: CaseIterable, Sendable {
    /// An RSA key that may decrypt but not sign, as some self-signed appliances have it.
    case encipherOnly
    /// A key of P-521.
    case largeCurve
    /// A key of Ed25519.
    case edwards

    /// What a camera needs to show this certificate.
    func server(_ change: (inout TLSConfiguration) -> Void = { _ in }) throws -> NIOSSLContext {
        let certificate = try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        configuration.cipherSuites = "ALL"
        if self == .edwards { configuration.signingSignatureAlgorithms = [.ed25519] }
        change(&configuration)
        return try NIOSSLContext(configuration: configuration)
    }

    var pem: String {
        switch self {
        case .encipherOnly:
            """
            -----BEGIN CERTIFICATE-----
            MIIDHzCCAgegAwIBAgIUDdLjCYvuxQkEaVFGuBMJjrz2B1owDQYJKoZIhvcNAQEL
            BQAwFjEUMBIGA1UEAwwLdGVzdCBjYW1lcmEwIBcNMjYxMTI5MDcxNTE4WhgPMjEy
            NjExMDUwNzE1MThaMBYxFDASBgNVBAMMC3Rlc3QgY2FtZXJhMIIBIjANBgkqhkiG
            9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1uZY8qYUDRcRo8a9IZ0dXVJMtGmzz+1AoXnW
            J14WO5Dzid8ZZj7BN/b6Ug1qmbPgtyGxR4SJtHufgTA+53Db28VGxvQiEAZscDhm
            y3BdlgdxzbZ4qtDaJ9gznz5H9kuIzRT4Kq6Swi5y5oanH5hF8aFxf6AhCFLMb8Ss
            pTF5QQG/qsXNLDc4mDbS/2PjAfXo1q+GLA6ImzbJnUMPy8nb9htyeSFJyf1dyI2X
            CyQjnm8PNuTVNg1r6dqyWmDw8e7jWDlDfLPXub/sSly+6E+Ve/N6k+sykVPrkD5L
            EhhXzAZmug4XtLdKmRC4+SnEe6xqrBTBTS8DGqHXLc2v06tLoQIDAQABo2MwYTAd
            BgNVHQ4EFgQUmZG6sI4A9gJ8/yWdqQAijTNsoFMwHwYDVR0jBBgwFoAUmZG6sI4A
            9gJ8/yWdqQAijTNsoFMwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCBSAw
            DQYJKoZIhvcNAQELBQADggEBADLroDOGdm3zrMnOCoHlbMGOD5o6KCENIyr3tKkQ
            EAPrVzms/AAzf+/Sclqe0pyFI1PnMDMiyqfScnH7+2DFgGO7B5HCvdPjB+2gyKVu
            gHKEPuDy+NtSfXBeSdeuPEE5YMfL0G+IyklZqdcHCj3qnjKhGHMh0cznMCBBJQY/
            iWHa4KzwI1tNaMaUGyqD06UuboZGQGW20b1et8TwvyDIsfVJFpAK3Y0LqZUYEC0w
            mIWlLJj856GrO0nO5hGbOwrMsRtiJbJPa5IDpgQocK50Y1VBeC6xam9FpFalpwki
            5Y1X6d5K2vDPd0gKuV1K3LBdWqO4CFalZcnlmdhaEWSpOCw=
            -----END CERTIFICATE-----
            """
        case .largeCurve:
            """
            -----BEGIN CERTIFICATE-----
            MIICCzCCAWygAwIBAgIURnjUWeaBoH+liDOap2n1vUW2KzMwCgYIKoZIzj0EAwIw
            FjEUMBIGA1UEAwwLdGVzdCBjYW1lcmEwIBcNMjYxMTI5MDcxNTE4WhgPMjEyNjEx
            MDUwNzE1MThaMBYxFDASBgNVBAMMC3Rlc3QgY2FtZXJhMIGbMBAGByqGSM49AgEG
            BSuBBAAjA4GGAAQB4oD992Zwxqa/tfAt7H0AGs3tkuvpUX/Yoo+zW3Mm4JChjmJg
            xh8t878nhDIK51Z4yZx5QpyVfE6dlYl839lRDHQBHwTYKyEeekMIUaYqhZzT4nG0
            lzliGoKHU47lG44oDTMkA89Wpil240gXlPmPmiVGLcvas/SuDA6E6tZz/6CNR3+j
            UzBRMB0GA1UdDgQWBBRSuf4Wh08cHSbMvxaah+a2iOWsDjAfBgNVHSMEGDAWgBRS
            uf4Wh08cHSbMvxaah+a2iOWsDjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMC
            A4GMADCBiAJCAaGAfzeYWYBXBLjAUUS9iHIHg2p+tLgCC/dM+wwjKDg5QzJoCuBx
            cHZcIJnyqfpNL+a4+TlUWfUc31crtCC5frvRAkIA5EuloTEj+uVTnKKq1v3T6SCB
            xZqc+WQFL1CEJw0p+FtBvOQzhghKRpbaMllsGdGU59zjoKLjVThSR97XzL5oXFk=
            -----END CERTIFICATE-----
            """
        case .edwards:
            """
            -----BEGIN CERTIFICATE-----
            MIIBQjCB9aADAgECAhRY2+7UFO7epohbDEBYGhlIYM0bvzAFBgMrZXAwFjEUMBIG
            A1UEAwwLdGVzdCBjYW1lcmEwIBcNMjYxMTI5MDcxNTE4WhgPMjEyNjExMDUwNzE1
            MThaMBYxFDASBgNVBAMMC3Rlc3QgY2FtZXJhMCowBQYDK2VwAyEAkp0yrQnr7mEt
            djcfDXhC3aiSYGcgNsZicQl6q+Y/+uejUzBRMB0GA1UdDgQWBBQ1zyxbpyWH6Lnd
            hV1xvdocOldu9DAfBgNVHSMEGDAWgBQ1zyxbpyWH6LndhV1xvdocOldu9DAPBgNV
            HRMBAf8EBTADAQH/MAUGAytlcANBAGSRxypPjAbixpaGD5h49BxLduFeyQdaG8DJ
            Vphl8WTbK5csI2LITu5x398P/SyQhvahd/tFsErDJ4PNF0+Ukww=
            -----END CERTIFICATE-----
            """
        }
    }

    /// It protects nothing.
    private var key: String {
        switch self {
        case .encipherOnly:
            """
            -----BEGIN PRIVATE KEY-----
            MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDW5ljyphQNFxGj
            xr0hnR1dUky0abPP7UChedYnXhY7kPOJ3xlmPsE39vpSDWqZs+C3IbFHhIm0e5+B
            MD7ncNvbxUbG9CIQBmxwOGbLcF2WB3HNtniq0Non2DOfPkf2S4jNFPgqrpLCLnLm
            hqcfmEXxoXF/oCEIUsxvxKylMXlBAb+qxc0sNziYNtL/Y+MB9ejWr4YsDoibNsmd
            Qw/Lydv2G3J5IUnJ/V3IjZcLJCOebw825NU2DWvp2rJaYPDx7uNYOUN8s9e5v+xK
            XL7oT5V783qT6zKRU+uQPksSGFfMBma6Dhe0t0qZELj5KcR7rGqsFMFNLwMaodct
            za/Tq0uhAgMBAAECggEAKlAgo2Zf/FPWfVDcXIn7Biz2PW+yn/YvC5xZtlaoOgJI
            cZUkAyXIFaTjlNRfcPQiAuz3YwWNt6O/vEgrmpZ2M8ecMABR1KXvJAl29Aej5a6B
            keejyr5ktgOz5l70/GHTBc5jLsRA0UskBI/uyCHLY9BN8LsuxdzHtBodhElBfrLk
            3JQQnk/9TjO0sCLi95uN6V1ytCOgV+cm/zPTpd7pMcwavbkvt7JF3AYHj6c1hyMQ
            ZuT4nXU645Ou35ojvxrVpk9wfjCSGBCn5wGoMR7ebycDSke86BtaOIZzKpwM9WA4
            awfJbCkrNf0rslw7Ga2BnDOBdFzLkkLk3ticRwNsIQKBgQD7Q7PAUSzD36ypD/7L
            FHZC34HPDBpHrq+t8mzvV/BEFi57T+oQRC+sSIyEfp+F7pDjHz766psLux1a+mrN
            898biSIJooTTvmVQWvK7lrRDelFdyhdSVetI+pIjaW/nVezVr9dmiYIBCblqGiG9
            JRfwBdxm2y6TaR3k0++TxVbwuwKBgQDa8zGHzyAgo+MknxiIkAwoArKiTWDhoKyV
            6DOM+hF6Vyu5i4nODuPNd4Pv/vkBtRfzthfRCpOysi4ixsknuqNJc+PT2TXVoDMX
            Qowm0Jf/CkEXhnltVCmUsy3oJ1MPx0HDmqLYIhw5Or2klYzC0Req3QhPfzWbCkPY
            SbqnuolNUwKBgQCnfTvHCNVURDduAtGPQbaLYT3AbIrgGZvV0fG3oeDxIfAeFukp
            qqo0p6+zakygFKTUITH0RIrRyQsKaD7lxpiEXGcqEQGFvDcA139SeGT1TgYLBPmC
            0u8iGJVtsYz8ohRbZPmqyiK02myUQ5MV6DIKt31xus1TShC5RmU/FZ6cnQKBgHWO
            5iU5PNLJrAfZtF5+mUhSSn+CdGYw0vmaNzOWgRPjAgMZvN/6dq23YgvWJvSXu0iL
            mLYQq8Tijor1mMPQHiQuKUFx+sm8vjHa9U1R6opxgwmSllfxPHIu0pM3qg1quxC/
            UnghuG2x8GkSMwXXJpIDI5crgijAljTnQWUVbuspAoGBAJC/LgOuE7a0/Eycw0ZH
            BOMfPHDTWcHVLX6UJ+tHy3eiar+7WnlCbt4rqWYpIgKLq58bsk2vEgQKjo0zao7x
            uiQvsKYbFuypkPOFPKDdXe1ZZbHg2QCQ7MKv+ILVboTD3/cN/37ZUxkwH96qdXy5
            iu6qNXEUTIhT3i7X4z+rAn+h
            -----END PRIVATE KEY-----
            """
        case .largeCurve:
            """
            -----BEGIN PRIVATE KEY-----
            MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIBI1BNryGA9KiX7VMJ
            GfyOJQhUMtwDuI3fP1/wnDPN2afd7NySgXRj5nYmku3COfCI4vVP5sAz0QrwxnUx
            /jwQN7mhgYkDgYYABAHigP33ZnDGpr+18C3sfQAaze2S6+lRf9iij7NbcybgkKGO
            YmDGHy3zvyeEMgrnVnjJnHlCnJV8Tp2ViXzf2VEMdAEfBNgrIR56QwhRpiqFnNPi
            cbSXOWIagodTjuUbjigNMyQDz1amKXbjSBeU+Y+aJUYty9qz9K4MDoTq1nP/oI1H
            fw==
            -----END PRIVATE KEY-----
            """
        case .edwards:
            """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEIIq1emn/Fb0ljjbINFKH0AQZamcA52s3E80ozvmb6mFy
            -----END PRIVATE KEY-----
            """
        }
    }
}
