import Glibc

extension ResponseHead {
    /// The seconds that `Retry-After` asks for, given as such or as a date (RFC 9110, section 10.2.3); nil where it cannot be read.
    ///
    /// A date is measured against the camera's own clock where it tells it, since few cameras' clocks are right.
    var retryAfter: Int? { retryAfter(now: time(nil)) }

    /// The time by the camera's own clock, else by this machine's; in seconds since 1970.
    var now: time_t { first("Date").flatMap { Self.seconds(of: $0) } ?? time(nil) }

    /// As above, at a time of this machine's clock.
    func retryAfter(now: time_t) -> Int? {
        guard let text = first("Retry-After") else { return nil }
        if let seconds = Int(text) { return max(0, seconds) }
        guard let due = Self.seconds(of: text) else { return nil }
        return max(0, due - (first("Date").flatMap { Self.seconds(of: $0) } ?? now))
    }

    /// How long a relay that is read as a camera waits for a picture of its own camera (`X-Stall-Timeout`, in seconds); nil where it
    /// does not say. At most five minutes are believed.
    var stallTimeout: Duration? {
        guard let seconds = first("X-Stall-Timeout").flatMap({ Int($0) }), seconds > 0 else { return nil }
        return .seconds(min(seconds, 300))
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// The three forms of dates in HTTP (RFC 9110, section 5.6.7); all are in GMT. The weekday is not read.
    ///
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
    ///
    /// - Parameter isOfLastCentury: whether a year of two digits belongs to the last century; none does unless this says so, since nobody
    ///   asks to be left alone until then.
    static func seconds(of text: String, isOfLastCentury: (Int32) -> Bool = { _ in false }) -> time_t? {
        let words = text.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.map(String.init)
        guard let place = words.firstIndex(where: months.contains), let month = months.firstIndex(of: words[place]) else { return nil }
        var numbers = words.compactMap { Int32($0) }
        // The oldest form has the year at its end.
        if place > 0, Int32(words[place - 1]) == nil, numbers.count == 5 { numbers.insert(numbers.removeLast(), at: 1) }
        guard numbers.count == 5, (1...31).contains(numbers[0]), (0...9999).contains(numbers[1]), (0...23).contains(numbers[2]),
            (0...59).contains(numbers[3]), (0...60).contains(numbers[4])
        else { return nil }
        let year = numbers[1] >= 100 ? numbers[1] : numbers[1] + (isOfLastCentury(numbers[1]) ? 1900 : 2000)
        var parts = tm()
        parts.tm_mday = numbers[0]
        parts.tm_mon = Int32(month)
        parts.tm_year = year - 1900
        parts.tm_hour = numbers[2]
        parts.tm_min = numbers[3]
        parts.tm_sec = numbers[4]
        return timegm(&parts)
    }
}
