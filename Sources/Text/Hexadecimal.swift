/// Bytes and numbers as hexadecimal digits.
package enum Hexadecimal {
    /// The case of the digits from ten on.
    package enum Letters: Sendable {
        case small
        case capital
    }

    /// Two digits for each byte.
    package static func digits(of bytes: some Sequence<UInt8>, _ letters: Letters = .small) -> String {
        String(decoding: bytes.flatMap { [digit($0 >> 4, letters), digit($0 & 15, letters)] }, as: UTF8.self)
    }

    /// The digits of a number, filled up with zeros to `count` digits.
    package static func digits(of number: UInt32, atLeast count: Int, _ letters: Letters = .small) -> String {
        let digits = String(number, radix: 16, uppercase: letters == .capital)
        return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
    }

    /// The digit for a value below 16.
    static func digit(_ value: UInt8, _ letters: Letters) -> UInt8 {
        switch value {
        case ..<10: UInt8(ascii: "0") + value
        default: (letters == .small ? UInt8(ascii: "a") : UInt8(ascii: "A")) + value - 10
        }
    }
}
