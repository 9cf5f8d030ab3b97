/// Command line options of the form `--name value`.
struct Options {
    private var values: [String: String] = [:]

    init(_ arguments: ArraySlice<String>) throws(Problem) {
        var rest = arguments
        while let name = rest.popFirst() {
            guard name.hasPrefix("--"), let value = rest.popFirst() else {
                throw Problem("options are written --name value; '\(name)' is not")
            }
            values[String(name.dropFirst(2))] = value
        }
    }

    func text(_ name: String) -> String? { values[name] }

    func number(_ name: String, default value: Double) throws(Problem) -> Double {
        guard let text = values[name] else { return value }
        guard let number = Double(text), number >= 0, number < 1e9 else { throw Problem("--\(name) is a number") }
        return number
    }

    func integer(_ name: String, default value: Int) throws(Problem) -> Int {
        Int(try number(name, default: Double(value)))
    }
}
