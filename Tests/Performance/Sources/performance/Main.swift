import Glibc

/// The benchmark's one program. Without a role it is the conductor, who starts the others as processes of their own, so that
/// each one's processor time can be told from the others'.
@main
enum Main {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        do throws(Problem) {
            switch arguments.first {
            case "camera": try FakeCamera(Options(arguments.dropFirst())).run()
            case "floor": try Floor(Options(arguments.dropFirst())).run()
            case "viewers": try Viewers(Options(arguments.dropFirst())).run()
            default: try Conductor(Options(arguments[...])).run()
            }
        } catch {
            print("performance: \(error.text)")
            exit(1)
        }
    }
}

/// Why the benchmark cannot go on.
struct Problem: Error {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// A system call that failed, with the system's reason.
    init(system call: String) {
        text = "\(call): \(String(cString: strerror(errno)))"
    }
}
