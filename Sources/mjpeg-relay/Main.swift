import ArgumentParser
import Glibc

/// Where the program starts: tells a subcommand from a camera's URL.
///
/// The argument parser would take `health` for a URL, because the root command takes an argument itself.
@main
enum Main {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        // The parser would take the next argument for the missing value.
        if let option = arguments.prefix(while: { $0 != "--" }).first(where: { $0.hasPrefix("--") && $0.hasSuffix("=") }) {
            Output.complain("Error: \(option.dropLast()) is empty")
            exit(64)
        }
        let isHelp = arguments.first == "help"
        let name = isHelp ? arguments.dropFirst().first : arguments.first
        let command = MJPEGRelay.configuration.subcommands.first { $0.configuration.commandName == name }
        if isHelp {
            Output.say((command ?? MJPEGRelay.self).helpMessage())
        } else if let command = command as? any AsyncParsableCommand.Type {
            await command.main(Array(arguments.dropFirst()))
        } else {
            await MJPEGRelay.main(arguments)
        }
    }
}
