import CameraURL
import Certificates
import Digests
import Glibc
import NIOSSL
import TestSupport
import Testing

@testable import CameraClient

/// Cameras over https: whom we trust, what we say before we do, and what we say when we do not.
@Suite(.timeLimit(.minutes(1)), .serialized) struct CameraTLSTests {
    private static let picture = TestPicture.jpeg(1)
    private static let stream = TestPicture.head + TestPicture.parts([picture])

    /// The authority of the test's certificates takes the place of this machine's, for this process.
    private static let trustsTestAuthority: Bool = {
        let path = "/tmp/mjpeg-relay-test-authority-\(getpid()).pem"
        guard let file = fopen(path, "w") else { return false }
        fputs(TestCertificate.authority + "\n", file)
        fclose(file)
        return setenv("SSL_CERT_FILE", path, 1) == 0
    }()

    private func fingerprint(_ certificate: TestCertificate) throws -> CertificateFingerprint {
        let bytes = try NIOSSLCertificate(bytes: Array(certificate.pem.utf8), format: .pem).toDERBytes()
        return try #require(CertificateFingerprint(bytes: MessageDigest.sha256(of: bytes)))
    }

    private func read(
        _ certificate: TestCertificate, host: String = "127.0.0.1", trust: CertificateTrust = .authorities,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> (watched: Watched, requests: [TestCamera.Request]) {
        #expect(Self.trustsTestAuthority)
        let camera = try await TestCamera.start(tls: certificate.server(change)) { _ in [.send(Self.stream)] }
        let watched = try await watch("https://admin:secret@\(host):\(camera.port)/video", frames: 1) { $0.trust = trust }
        await camera.stop()
        return (watched, camera.requests)
    }

    @Test(arguments: ["127.0.0.1", "localhost", "LOCALHOST"])
    func aKnownAuthorityVouchesForNamesAndAddresses(_ host: String) async throws {
        let result = try await read(.signed, host: host)
        #expect(result.watched.jpegs == [Self.picture], "\(String(describing: result.watched.error))")
        let certificate = try #require(result.watched.descriptions.last?.certificate)
        #expect(certificate.name == "signed camera")
        #expect(!certificate.isSelfSigned)
        #expect(certificate.validity == .now)
    }

    @Test(arguments: [
        (TestCertificate.selfSigned, "is self-signed"), (.expired, "is self-signed and expired on 2001-01-01"),
        (.otherName, "is made out to another name ('other camera')"),
    ])
    func whatIsWrongIsSaidAndNothingIsSent(_ certificate: TestCertificate, _ reason: String) async throws {
        let result = try await read(certificate)
        #expect(result.watched.error == .certificate(reason: reason, fingerprint: try fingerprint(certificate)))
        #expect(result.watched.error?.kind == .address)
        #expect(result.requests.isEmpty)
    }

    @Test(arguments: TestCertificate.allCases)
    func aPinnedCertificateNeedsNothingElse(_ certificate: TestCertificate) async throws {
        let result = try await read(certificate, trust: .pinned(try fingerprint(certificate)))
        #expect(result.watched.jpegs == [Self.picture], "\(String(describing: result.watched.error))")
    }

    @Test func anotherCertificateThanThePinnedOneIsRefused() async throws {
        let result = try await read(.signed, trust: .pinned(try fingerprint(.selfSigned)))
        let reason = "is another one than 'tls_fingerprint' names"
        #expect(result.watched.error == .certificate(reason: reason, fingerprint: try fingerprint(.signed)))
        #expect(result.requests.isEmpty)
    }

    @Test(arguments: TestCertificate.allCases)
    func withoutChecksAnyCertificateWillDo(_ certificate: TestCertificate) async throws {
        let result = try await read(certificate, trust: .anything)
        #expect(result.watched.jpegs == [Self.picture])
        #expect(result.watched.descriptions.last?.certificate?.fingerprint == (try fingerprint(certificate)))
    }

    /// `tls_verify: false` and `tls_fingerprint` mean that any certificate is taken.
    @Test(arguments: UnusualCertificate.allCases, [TLSVersion.tlsv12, .tlsv13])
    func unusualKeysAreTakenWhereNothingIsChecked(_ certificate: UnusualCertificate, _ atMost: TLSVersion) async throws {
        let bytes = try NIOSSLCertificate(bytes: Array(certificate.pem.utf8), format: .pem).toDERBytes()
        let fingerprint = try #require(CertificateFingerprint(bytes: MessageDigest.sha256(of: bytes)))
        for trust in [CertificateTrust.anything, .pinned(fingerprint)] {
            let camera = try await TestCamera.start(tls: certificate.server { $0.maximumTLSVersion = atMost }) { _ in
                [.send(Self.stream), .close]
            }
            let reader = try httpCamera("https://admin:secret@127.0.0.1:\(camera.port)/") { $0.trust = trust }
            // What was learnt of the handshake serves the next dial.
            for _ in 0..<2 {
                let watched = await watch(reader, frames: 1)
                #expect(watched.jpegs == [Self.picture], "\(trust): \(String(describing: watched.error))")
                #expect(watched.descriptions.last?.certificate?.fingerprint == fingerprint)
            }
            #expect(camera.requests.count == 2)
            await camera.stop()
        }
    }

    @Test func anotherCertificateThanThePinnedOneIsRefusedInEveryHandshake() async throws {
        let other = try #require(CertificateFingerprint(String(repeating: "ab", count: 32)))
        let camera = try await TestCamera.start(tls: UnusualCertificate.encipherOnly.server()) { _ in [.send(Self.stream)] }
        let watched = try await watch("https://admin:secret@127.0.0.1:\(camera.port)/", frames: 1) {
            $0.trust = .pinned(other)
        }
        #expect(watched.error?.code == "certificate")
        #expect(camera.requests.isEmpty)
        await camera.stop()
    }

    @Test(arguments: [CertificateTrust.anything, .authorities])
    func theWayOutIsNamedWhereNoHandshakeIsPossible(_ trust: CertificateTrust) async throws {
        #expect(Self.trustsTestAuthority)
        let server = try UnusualCertificate.encipherOnly.server { $0.minimumTLSVersion = .tlsv13 }
        let camera = try await TestCamera.start(tls: server) { _ in [.send(Self.stream)] }
        let watched = try await watch("https://127.0.0.1:\(camera.port)/", frames: 1) { $0.trust = trust }
        let text = watched.error.map { "\($0)" } ?? ""
        #expect(text.contains("key usage") && text.contains("exec:"), "\(text)")
        await camera.stop()
    }

    @Test(arguments: [TLSVersion.tlsv1, .tlsv11, .tlsv12, .tlsv13])
    func oldProtocolsAreSpoken(_ version: TLSVersion) async throws {
        for trust in [CertificateTrust.authorities, .anything] {
            let result = try await read(.signed, trust: trust) {
                $0.minimumTLSVersion = version
                $0.maximumTLSVersion = version
            }
            #expect(result.watched.jpegs == [Self.picture], "\(String(describing: result.watched.error))")
        }
    }

    @Test func plainHTTPAtTheHTTPSPortIsNamed() async throws {
        let camera = try await TestCamera.start { _ in [.send(Self.stream)] }
        // The camera waits for a blank line, as HTTP servers do; some answer at once instead.
        let silent = try await watch("https://127.0.0.1:\(camera.port)/", frames: 1) { $0.connectTimeout = .milliseconds(200) }
        #expect(silent.error?.code == "connection")
        await camera.stop()
        let text = "\(try #require(CameraError(tls: NIOSSLError.handshakeFailed(.sslError([])), certificate: nil, trust: .authorities)))"
        #expect(text.hasPrefix("TLS handshake with the camera failed"))
    }

    @Test func aCloseWithoutGoodbyeIsAnEnd() async throws {
        let camera = try await TestCamera.start(tls: TestCertificate.selfSigned.server()) { _ in [.send(Self.stream), .pause(20), .reset] }
        let watched = try await watch("https://127.0.0.1:\(camera.port)/", frames: 2) { $0.trust = .anything }
        #expect(watched.jpegs == [Self.picture])
        #expect(watched.error?.kind == .failure)
        await camera.stop()
    }

    @Test func pollingKeepsItsEncryptedConnection() async throws {
        let answer = bytes("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: \(Self.picture.count)\r\n\r\n") + Self.picture
        let camera = try await TestCamera.start(tls: TestCertificate.selfSigned.server()) { _ in [.send(answer)] }
        let reader = try httpCamera("https://127.0.0.1:\(camera.port)/") {
            $0.trust = .anything
            $0.interval = .milliseconds(10)
        }
        #expect(await Watcher { $0.unchanged >= 3 }.read(reader).error == .cancelled)
        #expect(camera.connectionCount == 1)
        await camera.stop()
    }

    @Test(arguments: [
        ("AB:CD" + String(repeating: ":00", count: 30), true), (String(repeating: "ab", count: 32), true),
        ("sha256 Fingerprint=" + String(repeating: "0F:", count: 31) + "0f", true),
        ("SHA256:" + String(repeating: "1 2 ", count: 32), true),
        (String(repeating: "ab", count: 31), false), (String(repeating: "ab", count: 33), false), ("", false),
        (String(repeating: "zz", count: 32), false), (String(repeating: "a", count: 63), false),
    ])
    func fingerprintsAreReadAsPeopleHaveThem(_ text: String, _ isOne: Bool) {
        #expect((CertificateFingerprint(text) != nil) == isOne)
    }

    @Test func whatIsNoCertificateHasNoParties() {
        #expect(CertificateParties([]) == nil)
        #expect(CertificateParties([0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]) == nil)
        var random = SeededRandom(seed: 4)
        let der = (try? NIOSSLCertificate(bytes: Array(TestCertificate.signed.pem.utf8), format: .pem).toDERBytes()) ?? []
        #expect(CertificateParties(der)?.commonName == "signed camera")
        for _ in 0..<2000 { _ = CertificateParties(random.mutated(der, favourites: [0x30, 0x02, 0x31, 0x80, 0xFF]))?.commonName }
    }
}
