import Certificates
import Foundation
import TestSupport
import Testing

@testable import RelayConfiguration

/// https:// addresses, redirects and certificates in a file.
@Suite struct EncryptionTests {
    private static let source = "sources: {a: {url: http://h/, port: 90}}\n"

    private static func withFolder(_ body: (TestAuthority) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mjpeg-relay-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let authority = try TestAuthority(in: folder)
        try authority.issue("a", for: ["a.example"])
        try authority.issue("b", for: ["b.example"])
        try body(authority)
    }

    private static func read(_ text: String, in folder: String, known: Bool = false) throws(ConfigurationError) -> RelayConfiguration {
        try .parse(
            Array((source + text).utf8), file: "relay.yaml", folder: folder, environment: [:], isKnownCertificate: { _ in known })
    }

    private static func problems(_ text: String, in folder: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try read(text, in: folder)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func addressesAreReadByKind() throws {
        try Self.withFolder { authority in
            let configuration = try Self.read(
                """
                listen: ["127.0.0.1:1", "https://[::1]:2", HTTPS://127.0.0.2:3/, {address: "0.0.0.0:4", redirect: https}]
                admin: ["127.0.0.1:5", "https://127.0.0.1:6"]
                certificates: [{chain: a.pem, key: a.key}, {chain: "\(authority.folder)/b.pem", key: "\(authority.folder)/b.key"}]
                """, in: authority.folder)
            #expect(configuration.listen == [.ip(host: "127.0.0.1", port: 1)])
            #expect(configuration.encryption.listen == [.ip(host: "::1", port: 2), .ip(host: "127.0.0.2", port: 3)])
            #expect(configuration.encryption.redirects == [.ip(host: "0.0.0.0", port: 4)])
            #expect(configuration.access.admin == [.ip(host: "127.0.0.1", port: 5)])
            #expect(configuration.access.encryptedAdmin == [.ip(host: "127.0.0.1", port: 6)])
            #expect(
                configuration.encryption.certificates
                    == ["a", "b"].map { CertificateFiles(chain: "\(authority.folder)/\($0).pem", key: "\(authority.folder)/\($0).key") })
            let alone = try Self.read("listen: https://:2\ncertificates: {chain: a.pem, key: a.key}", in: authority.folder)
            #expect(alone.listen.isEmpty && alone.encryption.listen == [.ip(host: "::", port: 2)])
            #expect(alone.encryption.certificates.count == 1)
        }
    }

    @Test func whatIsWrongIsToldWithItsPlace() throws {
        try Self.withFolder { authority in
            let good = "\ncertificates: [{chain: a.pem, key: a.key}]"
            let cases: [(String, [String])] = [
                ("listen: https://h:1", ["2:9: 'listen': https:// needs 'certificates', which the file does not have"]),
                (
                    "listen: 'h:1'\nadmin: https://h:2",
                    ["3:8: 'admin': https:// needs 'certificates', which the file does not have"]
                ),
                (
                    "listen: ['h:1', {address: 'h:2', redirect: https}]\nadmin: https://h:3" + good,
                    ["2:27: 'listen' has no https:// address to redirect to"]
                ),
                ("listen: 'h:1'" + good, ["3:15: 'certificates' are for https:// addresses, of which 'listen' and 'admin' have none"]),
                ("listen: ['h:1', 'https://h:1']" + good, ["2:17: this address is already taken by 'listen' at line 2"]),
                ("listen: 'https://h:90'" + good, ["2:9: this address is already taken by source 'a' at line 1"]),
                (
                    "listen: https://h/x:1" + good,
                    ["2:9: 'listen': an https:// address is a host and a port without a path, such as https://[::]:54443"]
                ),
                (
                    "listen: https://unix:x" + good,
                    ["2:9: 'listen': an https:// address is a host and a port without a path, such as https://[::]:54443"]
                ),
                (
                    "listen: https://h" + good,
                    ["2:9: 'listen': the address needs a port from 0 to 65535 behind a colon, such as 0.0.0.0:8080"]
                ),
                (
                    "listen: ['https://h:1', {address: 'https://h:2', redirect: https}]" + good,
                    ["2:35: 'listen': only plain requests to a port can be redirected, such as those to 0.0.0.0:80"]
                ),
                (
                    "listen: ['https://h:1', {address: 'unix:x', redirect: https}]" + good,
                    ["2:35: 'listen': only plain requests to a port can be redirected, such as those to 0.0.0.0:80"]
                ),
                (
                    "listen: ['https://h:1', {address: 'h:2'}]" + good,
                    ["2:25: an address of 'listen' that is a mapping needs 'address' and 'redirect: https'"]
                ),
                (
                    "listen: ['https://h:1', {adress: 'h:2', redirect: http}]" + good,
                    [
                        "2:26: unknown key 'adress' in 'listen'; did you mean 'address'?",
                        "2:51: 'redirect' in 'listen' must be https",
                    ]
                ),
                ("listen: https://h:1\ncertificates: []", ["3:15: 'certificates' must be a list of 1 to 64 mappings"]),
                ("listen: https://h:1\ncertificates: [{chain: a.pem}]", ["3:16: a certificate needs both 'chain' and 'key'"]),
                ("listen: https://h:1\ncertificates: [x]", ["3:16: a certificate must be a mapping of keys"]),
                (
                    "listen: https://h:1\ncertificates: [{chain: a.pem, key: b.key}]",
                    ["3:36: 'key' in 'certificates': this key does not fit"]
                ),
                (
                    "listen: https://h:1\ncertificates: [{chain: no, key: b.key}]",
                    ["3:24: 'chain' in 'certificates': there is no such file"]
                ),
                (
                    "listen: https://h:1\ncertificates: [{chain: a.key, key: a.pem}]",
                    ["3:24: 'chain' in 'certificates': this is a private key"]
                ),
            ]
            for (text, expected) in cases {
                let found = Self.problems(text, in: authority.folder)
                let isRight = expected.allSatisfy { line in found.contains { $0.hasPrefix("relay.yaml:\(line)") } }
                #expect(isRight && found.count <= expected.count && !found.isEmpty, "\(text): \(found)")
            }
        }
    }

    @Test func certificatesThatAreServedAlreadyAreNotLookedAt() throws {
        try Self.withFolder { authority in
            let text = "listen: https://h:1\ncertificates: [{chain: a.pem, key: b.key}]"
            let configuration = try Self.read(text, in: authority.folder, known: true)
            #expect(configuration.encryption.certificates.count == 1)
        }
    }

    @Test func oneURLCanBeServedOverHTTPS() throws {
        try Self.withFolder { authority in
            func read(_ chain: String, _ key: String) throws(ConfigurationError) -> RelayConfiguration {
                let files = CertificateFiles(chain: "\(authority.folder)/\(chain)", key: "\(authority.folder)/\(key)")
                return try .single(url: "http://h/", port: 1, certificate: files)
            }
            let configuration = try read("a.pem", "a.key")
            #expect(configuration.listen.isEmpty && configuration.encryption.listen == [.ip(host: "::", port: 1)])
            do throws(ConfigurationError) {
                _ = try read("a.pem", "b.key")
                Issue.record("a key that does not fit is taken")
            } catch {
                #expect(error.description == "--key: this key does not fit the certificate")
            }
        }
    }
}
