import Digests
import Glibc
import Text

/// The paths of a server's certificate and its key, both in PEM form.
package struct CertificateFiles: Hashable, Sendable {
    /// The path of the file with the certificate and, behind it, the certificates of its authorities.
    package let chain: String
    /// The path of the private key.
    package let key: String

    package init(chain: String, key: String) {
        self.chain = chain
        self.key = key
    }

    /// The path of one of the two.
    package func path(of file: CertificateProblem.File) -> String { file == .chain ? chain : key }

    /// The contents of the two files now. Symbolic links are followed anew each time. Blocks for a disk.
    func contents() throws(CertificateProblem) -> Contents {
        Contents(chain: try Self.bytes(of: chain, .chain), key: try Self.bytes(of: key, .key))
    }

    /// The bytes of both files.
    struct Contents {
        let chain: [UInt8]
        let key: [UInt8]

        /// A digest that tells these contents from others, and can be kept where the key should not be.
        var digest: [UInt8] { MessageDigest.sha256(of: MessageDigest.sha256(of: chain) + MessageDigest.sha256(of: key)) }
    }

    /// More bytes than any chain has.
    private static let maxBytes = 1 << 20

    private static func bytes(of path: String, _ file: CertificateProblem.File) throws(CertificateProblem) -> [UInt8] {
        func problem(_ message: String) -> CertificateProblem { CertificateProblem(file: file, message: message) }
        // Opening a named pipe would wait for a writer without this flag.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR: throw problem("there is no such file")
            case EACCES, EPERM: throw problem(refusal(of: path))
            case let number: throw problem("cannot be read: \(SystemError.message(number))")
            }
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw problem("this is not a regular file") }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw problem("cannot be read: \(SystemError.message(errno))") }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= maxBytes else { throw problem("is larger than 1MiB") }
        }
    }

    // MARK: - Why a file may not be read

    /// The owner of the file, or of the folder or link on the way to the file that cannot be read.
    private static func refusal(of path: String) -> String {
        for folder in folders(to: path, links: 0) where access(folder, X_OK) != 0 {
            if let owner = owner(of: folder) { return "cannot be read by this user: the folder \(folder.shown(limit: 200)) \(owner)" }
        }
        return owner(of: path).map { "cannot be read by this user: it \($0)" } ?? "cannot be read by this user"
    }

    /// The folders that lead to a path, from the top down, including the folders of links' targets.
    private static func folders(to path: String, links: Int) -> [String] {
        var folders: [String] = []
        var folder = path.utf8.first == UInt8(ascii: "/") ? "/" : "."
        for name in path.split(separator: "/") {
            folders.append(folder)
            let next = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
            if links < 8, let target = target(of: next) {
                let absolute = target.utf8.first == UInt8(ascii: "/") ? target : "\(folder)/\(target)"
                folders += Self.folders(to: absolute, links: links + 1)
            }
            folder = next
        }
        return folders
    }

    private static func target(of link: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// `belongs to root:ssl-cert with mode 0640`.
    private static func owner(of path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let digits = String(status.st_mode & 0o7777, radix: 8)
        let mode = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return "belongs to \(user(status.st_uid)):\(group(status.st_gid)) with mode \(mode)"
    }

    private static func user(_ number: uid_t) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getpwuid_r(number, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name else {
            return String(number)
        }
        return String(cString: name)
    }

    private static func group(_ number: gid_t) -> String {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getgrgid_r(number, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.gr_name else {
            return String(number)
        }
        return String(cString: name)
    }
}
