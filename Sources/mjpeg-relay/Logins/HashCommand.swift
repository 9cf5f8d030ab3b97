import Accounts
import ArgumentParser
import Glibc
import Text

/// `mjpeg-relay hash`: reads a password, prints its hash for `users`.
struct HashCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash",
        abstract: "Read a password and print its hash, for users in relay.yaml and for --user.",
        usage: "mjpeg-relay hash",
        discussion: "Reads one line of standard input; at a terminal it asks twice and shows nothing."
    )

    func run() async throws {
        let password = isatty(STDIN_FILENO) == 1 ? try askTwice() : try firstLine()
        guard !password.isEmpty else { try fail("the password is empty") }
        guard password.utf8.count <= PasswordHash.maxPasswordBytes else {
            try fail("the password has more than \(PasswordHash.maxPasswordBytes) bytes")
        }
        // A password with a control character cannot be typed into a browser.
        guard !password.utf8.contains(where: \.isControl) else { try fail("the password has a control character") }
        guard let hash = PasswordHash.make(of: password) else { try fail("this system cannot make a hash by yescrypt") }
        Output.say(hash.text)
    }

    private func askTwice() throws -> String {
        let first = try ask("Password: ")
        guard try ask("Again: ") == first else { try fail("the two are not the same") }
        return first
    }

    private func ask(_ prompt: String) throws -> String {
        guard let text = getpass(prompt) else { try fail("the terminal cannot be read") }
        defer { memset(text, 0, strlen(text)) }
        return try checked(UnsafeRawBufferPointer(start: text, count: strlen(text)).map { $0 })
    }

    private func firstLine() throws -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count <= PasswordHash.maxPasswordBytes, read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
            bytes.append(byte)
        }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return try checked(bytes)
    }

    private func checked(_ bytes: [UInt8]) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { try fail("the password is no UTF-8") }
        return text
    }

    private func fail(_ sentence: String) throws -> Never {
        Output.complain(sentence)
        throw ExitCode(1)
    }
}
