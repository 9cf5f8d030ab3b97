import Testing

@testable import RelayConfiguration

@Suite struct OpeningHoursTests {
    /// Whether hours are open at moments such as `Sa 00:30`.
    private func isOpen(_ rule: String, _ moment: String) throws -> Bool {
        let words = moment.split(separator: " ")
        let day = try #require(OpeningHours.days.firstIndex(of: words[0].lowercased()))
        let time = words[1].split(separator: ":").compactMap { Int($0) }
        return try #require(OpeningHours.parse(rule)).isOpen(at: .init(weekday: day, minute: time[0] * 60 + time[1]))
    }

    @Test(arguments: [
        ("Mo-Fr 07:00-21:00", "Mo 07:00", true), ("Mo-Fr 07:00-21:00", "Mo 06:59", false), ("Mo-Fr 07:00-21:00", "Fr 20:59", true),
        ("Mo-Fr 07:00-21:00", "Fr 21:00", false), ("Mo-Fr 07:00-21:00", "Sa 12:00", false),
        // Over midnight, into the next day and into the next week.
        ("Fr 22:00-03:00", "Sa 00:30", true), ("Fr 22:00-03:00", "Sa 03:00", false), ("Fr 22:00-03:00", "Fr 02:00", false),
        ("Su 22:00-03:00", "Mo 02:59", true), ("Su 22:00-03:00", "Mo 03:00", false), ("Su 22:00-03:00", "Su 21:59", false),
        ("22:00-03:00", "We 00:00", true), ("22:00-03:00", "We 12:00", false),
        // Whole days, and the days of a weekend that goes around the end of the week.
        ("Sa 00:00-24:00", "Sa 23:59", true), ("Sa 00:00-24:00", "Su 00:00", false), ("00:00-00:00", "Tu 13:37", true),
        ("Fr-Mo 10:00-11:00", "Su 10:30", true), ("Fr-Mo 10:00-11:00", "Tu 10:30", false), ("fr-mo 10:00-11:00", "Mo 10:30", true),
        ("Mo,We 10:00-11:00,13:00-14:00", "We 13:59", true), ("Mo,We 10:00-11:00,13:00-14:00", "We 12:00", false),
        ("Mo,We 10:00-11:00,13:00-14:00", "Tu 10:30", false),
    ])
    func hours(rule: String, moment: String, open: Bool) throws { #expect(try isOpen(rule, moment) == open) }

    @Test(arguments: [
        "", "Mo", "Mo-Fr", "7:00-21:00", "07:00", "07:00-", "07:00-25:00", "24:00-07:00", "07:60-08:00", "Mon 07:00-08:00",
        "Mo- 07:00-08:00",
        "Mo-Fr-Su 07:00-08:00", "Mo 07:00-08:00 x", "07:00-24:01", "Mo,, 07:00-08:00", "07:00-08:00,", "\u{660}7:00-08:00", "off", "24/7",
    ])
    func textsThatAreNoHours(text: String) { #expect(OpeningHours.parse(text) == nil) }

    @Test func severalRulesAreOpenWheneverOneIs() throws {
        let file = "sources: {a: {url: 'http://h/', hours: ['Mo 07:00-08:00', 'Sa 22:00-01:00']}}\n"
        let hours = try #require(try parse(file).sources.first?.hours)
        #expect(hours.isOpen(at: .init(weekday: 0, minute: 430)))
        #expect(hours.isOpen(at: .init(weekday: 6, minute: 30)))
        #expect(!hours.isOpen(at: .init(weekday: 1, minute: 430)))
    }

    @Test func aTimeZoneThatIsNoneIsTold() {
        #expect(problems("timezone: Europe/Nowhere\nsources: {a: 'http://h/'}\n").first?.hasPrefix("relay.yaml:1:11: ") == true)
        for text in ["../../etc/passwd", "/etc/localtime", "''", "[Europe/Berlin]"] {
            #expect(problems("timezone: \(text)\nsources: {a: 'http://h/'}\n").count == 1, "\(text)")
        }
        #expect(problems("timezone: Europe/Berlin\nsources: {a: 'http://h/'}\n").isEmpty)
    }
}
