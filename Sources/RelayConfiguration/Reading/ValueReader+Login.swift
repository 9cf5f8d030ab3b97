import CameraURL

extension ValueReader where Value == String {
    /// The length in bytes that no name and no password reaches on purpose.
    private static var maxLoginLength: Int { 4096 }

    /// A half of a login.
    static func loginText(_ expected: String) -> Self {
        scalar("\(expected) without control characters, of at most \(maxLoginLength) bytes") {
            $0.hasControlCharacter || $0.utf8.count > maxLoginLength ? nil : $0
        }
    }

    /// The content of a file that holds a password, such as a container's secret; one line end behind it is no part of it.
    static let passwordFile = ValueReader { node, label, reader in
        guard let path = reader.text(node, label: label, expected: "the path of a file that holds a password") else { return nil }
        do throws(TextError) {
            guard !path.isEmpty, !path.hasControlCharacter else { throw TextError(message: "this is no path") }
            var bytes = try FileText.contents(of: PathText.resolved(path, folder: reader.folder), limit: maxLoginLength)
            guard bytes.count <= maxLoginLength else {
                throw TextError(message: "a file of more than \(maxLoginLength) bytes holds no password")
            }
            if bytes.last == 0x0A { bytes.removeLast() }
            if bytes.last == 0x0D { bytes.removeLast() }
            guard let text = String(validating: bytes, as: UTF8.self), !text.hasControlCharacter else {
                throw TextError(message: "the file holds more than one line, or other bytes than UTF-8")
            }
            return text
        } catch {
            reader.report("\(label): \(error.message)", at: node.place)
            return nil
        }
    }
}

extension ValueReader where Value == CertificateFingerprint {
    /// The SHA-256 of a certificate.
    static let fingerprint = scalar("the SHA-256 of a certificate, 64 hexadecimal digits with or without colons") {
        CertificateFingerprint($0)
    }
}
