import Glibc
import Text

/// Reads the end of a link from the command line.
enum LinkEnd {
    private static let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400]
    /// The longest time for which a link may be made: about a hundred years.
    private static let maxSeconds = 100 * 366 * 86400

    /// The seconds of a text such as `90s`, `5m`, `12h`, `7d` or `2w`; nil for any other text.
    static func duration(_ text: String) -> Int? {
        guard let unit = text.last.flatMap({ units[$0] }), let count = number(text.dropLast()) else { return nil }
        let (seconds, isTooLarge) = count.multipliedReportingOverflow(by: unit)
        return isTooLarge || !(1...maxSeconds).contains(seconds) ? nil : seconds
    }

    /// The time, in seconds since 1970, of a text such as `2026-12-24`, `2026-12-24T18:00`, `2026-12-24T18:00:30`, any of these with a `Z`
    /// for UTC (else local time), or seconds since 1970; nil for any other text.
    static func time(_ text: String) -> Int? {
        if let seconds = number(text[...]) { return seconds }
        let isUTC = text.last == "Z"
        let halves = (isUTC ? text.dropLast() : text[...]).split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let date = numbers(halves[0], separator: "-", 3...3), (1970...9999).contains(date[0]) else { return nil }
        var clock = [0, 0, 0]
        if halves.count == 2 {
            guard let given = numbers(halves[1], separator: ":", 2...3), given[0] < 24, given.dropFirst().allSatisfy({ $0 < 60 }) else {
                return nil
            }
            clock.replaceSubrange(..<given.count, with: given)
        }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (Int32(date[0] - 1900), Int32(date[1] - 1), Int32(date[2]))
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (Int32(clock[0]), Int32(clock[1]), Int32(clock[2]))
        parts.tm_isdst = -1
        let seconds = isUTC ? timegm(&parts) : mktime(&parts)
        // The C library would make a day of March of the 30th of February.
        guard Int(parts.tm_mday) == date[2], Int(parts.tm_mon) == date[1] - 1, seconds > 0 else { return nil }
        return seconds
    }

    /// The numbers of a date or of a time of day, at most four digits each.
    private static func numbers(_ text: Substring, separator: Character, _ count: ClosedRange<Int>) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.utf8.count <= 4 ? number($0) : nil }
        return count.contains(parts.count) && numbers.count == parts.count ? numbers : nil
    }

    private static func number(_ text: Substring) -> Int? {
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy(\.isDigit) else { return nil }
        return Int(text)
    }
}
