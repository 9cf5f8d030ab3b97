import Text

/// Checks of a file's bytes before libyaml reads them, for mistakes that libyaml reports without line and column.
enum YAMLText {
    /// The bytes that libyaml may read: without a byte order mark, known to be UTF-8 without forbidden characters.
    static func checked(_ bytes: [UInt8], limits: YAMLLimits) throws(YAMLError) -> ArraySlice<UInt8> {
        guard bytes.count <= limits.bytes else {
            throw YAMLError(message: "the file is larger than \(limits.bytes >> 10) KiB")
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        var place = Place.start
        var previous: Unicode.Scalar?
        var iterator = text.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .emptyInput:
                return text
            case .error:
                throw YAMLError(place: place, message: "the file is not UTF-8 text")
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                guard isAllowed(scalar) else {
                    let name = "U+" + Hexadecimal.digits(of: scalar.value, atLeast: 4, .capital)
                    throw YAMLError(place: place, message: "the character \(name) cannot stand in the file")
                }
                if scalar == "\n" && previous == "\r" {
                    // The second half of a line end that is counted already.
                } else if scalar == "\n" || scalar == "\r" {
                    place = Place(line: place.line + 1, column: 1)
                } else {
                    place.column += 1
                }
                previous = scalar
            }
        }
    }

    /// Whether a tab stands at a place.
    static func hasTab(_ text: ArraySlice<UInt8>, at place: Place) -> Bool {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
        guard lines.indices.contains(place.line - 1) else { return false }
        return String(decoding: lines[place.line - 1], as: UTF8.self).unicodeScalars.dropFirst(place.column - 1).first == "\t"
    }

    /// YAML's printable characters (YAML 1.1, 5.1), but not U+0085, U+2028 and U+2029: they end a line to libyaml and not to
    /// an editor, so that all lines behind them would be told wrong.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2028, 0x2029: false
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0xA0...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
