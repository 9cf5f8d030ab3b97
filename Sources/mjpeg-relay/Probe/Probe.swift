import ArgumentParser
import CameraClient
import CameraURL
import Glibc

/// `mjpeg-relay probe`: connects to a camera as a source would, says what it is, and what to write into relay.yaml.
struct Probe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Look at a camera, or look for one, and print the lines for relay.yaml; exit status 0 when pictures came, else 1.",
        usage: "mjpeg-relay probe [URL | [USER:PASSWORD@]HOST[:PORT]]",
        discussion: """
            With a URL, reads it for a few seconds. With a host alone, tries the stream and snapshot addresses of many makes, one \
            after the other; the login is sent only where one is asked for, and no more once it is refused. With neither, asks the local \
            network who has cameras (ONVIF) or web servers (mDNS).
            """
    )

    @Argument(help: "The camera's address, or its host and port.")
    var target: String?

    func validate() throws {
        if let target, target.isBlank { throw ValidationError("the camera's address is empty") }
    }

    func run() async throws {
        if let problem = DescriptorLimit.problem() {
            Output.complain(problem)
            throw ExitCode(1)
        }
        // When a camera goes away, one write fails; without this line the signal would end the program.
        signal(SIGPIPE, SIG_IGN)
        guard let target else {
            if await !NetworkProbe.run() { throw ExitCode(1) }
            return
        }
        let hasScheme = target.utf8.indices.contains { target.utf8[$0...].starts(with: "://".utf8) }
        let url: CameraURL
        do {
            url = try CameraURL(hasScheme ? target : "http://\(target)")
        } catch {
            Output.complain("\(error)")
            throw ExitCode(64)
        }
        let hasPath = url.target != "/" || target.utf8.last == UInt8(ascii: "/")
        let found: Bool
        if hasScheme || hasPath {
            found = await AddressProbe(url: url).run()
        } else {
            // A text that ends in a port names it; CameraURL says 80 also where the text has no port.
            let address = target.utf8.lastIndex(of: UInt8(ascii: "@")).map { target.utf8[$0...].dropFirst() } ?? target.utf8[...]
            let tail = address.lastIndex(of: UInt8(ascii: "]")).map { address[$0...] } ?? address
            found = await HostProbe(url: url, hasPort: tail.contains(UInt8(ascii: ":"))).run()
        }
        if !found { throw ExitCode(1) }
    }
}
