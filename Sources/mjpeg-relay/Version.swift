/// The program's version, as `--version` and the status show it.
enum Version {
    static let text = "0.1.0"
}
