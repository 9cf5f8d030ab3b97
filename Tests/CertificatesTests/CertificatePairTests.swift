import Foundation
import TestSupport
import Testing

@testable import Certificates

/// A folder with an authority, removed at the end of a test.
func withAuthority(_ body: (TestAuthority) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mjpeg-relay-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(TestAuthority(in: folder))
}

@Suite struct CertificatePairTests {
    private static func problem(_ chain: String, _ key: String) -> CertificateProblem? {
        do throws(CertificateProblem) {
            _ = try CertificatePair(CertificateFiles(chain: chain, key: key))
            return nil
        } catch {
            return error
        }
    }

    @Test func aPairIsReadWithItsNamesAndDates() throws {
        try withAuthority { authority in
            let files = try authority.issue("a", for: ["Cams.Example", "*.wild.example", "192.0.2.7", "2001:db8::1"], days: 20)
            let pair = try CertificatePair(CertificateFiles(chain: files.chain, key: files.key))
            #expect(pair.names == ["cams.example", "*.wild.example", "192.0.2.7", "2001:db8::1"])
            #expect(pair.chain.count == 2)
            for name in ["cams.example", "CAMS.example", "cams.example.", "a.wild.example"] { #expect(pair.fits(name), "\(name)") }
            for name in ["wild.example", "a.b.wild.example", "x.cams.example", "", "."] { #expect(!pair.fits(name), "\(name)") }
            let now = time(nil)
            #expect(pair.staleness(now: now) == nil)
            #expect(pair.staleness(now: now + 21 * 86400)?.hasPrefix("has expired on 20") == true)
            #expect(pair.staleness(now: now - 86400)?.hasPrefix("holds only from 20") == true)
        }
    }

    @Test func everyBadPairIsToldByWhatIsWrong() throws {
        try withAuthority { authority in
            let a = try authority.issue("a", for: ["a.example"])
            let b = try authority.issue("b", for: ["b.example"])
            func file(_ name: String, _ text: String) throws -> String {
                try text.write(toFile: "\(authority.folder)/\(name)", atomically: true, encoding: .utf8)
                return "\(authority.folder)/\(name)"
            }
            func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
            let leaf = try text("\(authority.folder)/a.leaf")
            let root = try text(authority.certificate)
            try TestAuthority.openssl(
                ["pkey", "-in", "a.key", "-aes256", "-passout", "pass:x", "-out", "locked.key"], in: authority.folder)
            let cases: [(String, String, CertificateProblem.File, String)] = [
                ("\(authority.folder)/none", a.key, .chain, "there is no such file"),
                (a.chain, "\(authority.folder)/none", .key, "there is no such file"),
                (authority.folder, a.key, .chain, "this is not a regular file"),
                (a.chain, "/dev/zero", .key, "this is not a regular file"),
                (a.key, a.chain, .chain, "this is a private key; are 'chain' and 'key' swapped?"),
                (a.chain, a.chain, .key, "this is a certificate; are 'chain' and 'key' swapped?"),
                (try file("empty", ""), a.key, .chain, "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)"),
                (a.chain, try file("empty", ""), .key, "holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)"),
                (a.chain, b.key, .key, "this key does not fit the certificate"),
                (try file("turned", root + leaf), a.key, .chain, "the certificates stand in the wrong order"),
                (try file("cut", String(leaf.dropLast(60))), a.key, .chain, "holds a certificate that cannot be read"),
                (
                    try file("rubbish", leaf.replacingOccurrences(of: "MII", with: "AAA")), a.key, .chain,
                    "holds a certificate that cannot be read"
                ),
                (a.chain, "\(authority.folder)/locked.key", .key, "this key has a passphrase"),
                (
                    a.chain, try file("cutkey", String(try text(a.key).prefix(60)) + "\n-----END PRIVATE KEY-----\n"), .key,
                    "holds a private key that"
                ),
                (try file("long", String(repeating: "x", count: 2 << 20)), a.key, .chain, "is larger than 1MiB"),
            ]
            for (chain, key, part, message) in cases {
                let problem = Self.problem(chain, key)
                #expect(problem?.file == part && problem?.message.hasPrefix(message) == true, "\(message): \(String(describing: problem))")
            }
            // A chain alone, without the authority, and a key in the same file are usual.
            #expect(Self.problem("\(authority.folder)/a.leaf", a.key) == nil)
            let both = try file("both", leaf + text(a.key))
            #expect(Self.problem(both, both) == nil)
        }
    }

    @Test func whoMayNotReadIsToldWhoseTheFileIs() throws {
        guard geteuid() == 0 else { return }
        // Root reads everything, so the judge is another user; what is said comes of the same function.
        try withAuthority { authority in
            let a = try authority.issue("a", for: ["a.example"])
            chmod(a.key, 0o640)
            #expect(Self.problem(a.chain, a.key) == nil)
        }
    }
}
