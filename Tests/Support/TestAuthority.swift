import Foundation

/// An authority that signs certificates for tests, made by openssl in a folder.
package struct TestAuthority: Sendable {
    package let folder: String
    /// The authority's own certificate, which clients are to trust.
    package var certificate: String { "\(folder)/ca.pem" }

    package init(in folder: String) throws {
        self.folder = folder
        try Self.openssl(
            ["req", "-x509", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority", "-days", "30"] + Self.newKey,
            in: folder)
    }

    /// Makes `NAME.pem`, the certificate with the authority's behind it, and `NAME.key`, made out to `hosts`.
    @discardableResult
    package func issue(
        _ name: String, for hosts: [String], days: Int = 30, serial: Int = 1
    ) throws -> (chain: String, key: String) {
        let names = hosts.map { $0.first?.isNumber == true || $0.contains(":") ? "IP:\($0)" : "DNS:\($0)" }.joined(separator: ",")
        try Self.openssl(
            ["req", "-nodes", "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=\(hosts.first ?? "x")"] + Self.newKey,
            in: folder)
        try "subjectAltName=\(names)\nbasicConstraints=CA:FALSE\n".write(toFile: "\(folder)/\(name).ext", atomically: true, encoding: .utf8)
        try Self.openssl(
            [
                "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "\(days)", "-set_serial", "\(serial)",
                "-extfile", "\(name).ext", "-out", "\(name).leaf",
            ], in: folder)
        let chain = try ["\(name).leaf", "ca.pem"].map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }.joined()
        try chain.write(toFile: "\(folder)/\(name).pem", atomically: true, encoding: .utf8)
        return ("\(folder)/\(name).pem", "\(folder)/\(name).key")
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]

    /// Runs openssl in `folder`; returns what it says.
    @discardableResult
    package static func openssl(_ arguments: [String], in folder: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = URL(filePath: folder)
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(description: "openssl \(arguments): \(text)") }
        return text
    }

    private struct Failed: Error, CustomStringConvertible { let description: String }
}
