/// The hours of the week in which a source is open, such as `Mo-Fr 07:00-21:00`: the simple forms of OpenStreetMap's `opening_hours`.
///
/// A span that ends at or before its beginning goes on past midnight: `Fr 22:00-03:00` holds on Saturday until 03:00.
package struct OpeningHours: Equatable, Sendable {
    /// A moment of the week on the wall clock.
    package struct Moment: Equatable, Sendable {
        /// From 0, Monday, to 6.
        package var weekday: Int
        /// From 0 to 1439.
        package var minute: Int

        package init(weekday: Int, minute: Int) {
            self.weekday = weekday
            self.minute = minute
        }
    }

    /// The opening time on a day, and the duration in minutes.
    private struct Span: Equatable, Sendable {
        var weekday: Int
        var start: Int
        var length: Int
    }

    static let days = ["mo", "tu", "we", "th", "fr", "sa", "su"]
    private static let minutesOfDay = 1440
    private static let minutesOfWeek = 7 * 1440

    private var spans: [Span] = []

    /// Whether the source is open at a moment.
    package func isOpen(at moment: Moment) -> Bool {
        let now = moment.weekday * Self.minutesOfDay + moment.minute
        return spans.contains { span in
            let start = span.weekday * Self.minutesOfDay + span.start
            let since = ((now - start) % Self.minutesOfWeek + Self.minutesOfWeek) % Self.minutesOfWeek
            return since < span.length
        }
    }

    /// Reads one rule, such as `Mo-Fr,Su 07:00-12:00,13:00-21:00`; a rule without days holds for every day. Nil for any other text.
    static func parse(_ text: String) -> OpeningHours? {
        var words = text.split(separator: " ", omittingEmptySubsequences: true)
        guard (1...2).contains(words.count), text.utf8.count <= 200 else { return nil }
        let times = words.removeLast()
        guard let weekdays = words.first.map({ parseDays($0) }) ?? Array(0..<7) else { return nil }
        var hours = OpeningHours()
        for part in times.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let start = minute(ends[0]), let end = minute(ends[1]), start < minutesOfDay else { return nil }
            let length = end > start ? end - start : end + minutesOfDay - start
            for weekday in weekdays { hours.spans.append(Span(weekday: weekday, start: start, length: length)) }
        }
        return hours.spans.count <= 100 ? hours : nil
    }

    /// Joins several rules: open whenever one of them is open.
    static func together(_ all: [OpeningHours]) -> OpeningHours {
        var hours = OpeningHours()
        hours.spans = all.flatMap(\.spans)
        return hours
    }

    private static func parseDays(_ text: Substring) -> [Int]? {
        var weekdays: [Int] = []
        for part in text.lowercased().split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { days.firstIndex(of: String($0)) }
            switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
            case (1, let day?, _): weekdays.append(day)
            // Fr-Mo is the long weekend.
            case (2, let first?, let last?): weekdays += (0...((last - first + 7) % 7)).map { (first + $0) % 7 }
            default: return nil
            }
        }
        return weekdays
    }

    /// The minute of the day of `07:00`; `24:00` is the day's end.
    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour < 24 || (hour == 24 && minute == 0)
        else { return nil }
        return hour * 60 + minute
    }
}
