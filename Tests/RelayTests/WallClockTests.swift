import Glibc
import RelayConfiguration
import Testing

@testable import Relay

/// Hours of the week in a time zone. Serial, since the zone is the process's.
@Suite(.serialized) struct WallClockTests {
    /// Seconds since 1970 of a time in UTC.
    private func utc(_ year: Int32, _ month: Int32, _ day: Int32, _ hour: Int32, _ minute: Int32) -> time_t {
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday, parts.tm_hour, parts.tm_min) = (year - 1900, month - 1, day, hour, minute)
        return timegm(&parts)
    }

    private func hours(_ rule: String) throws -> OpeningHours {
        let text = "sources: {a: {url: 'http://h/', hours: '\(rule)'}}\n"
        let configuration = try RelayConfiguration.parse(Array(text.utf8), file: "relay.yaml", folder: "/", environment: [:])
        return try #require(configuration.sources.first?.hours)
    }

    @Test func hoursFollowTheZoneAndSummerTime() throws {
        WallClock.use("Europe/Berlin")
        defer { WallClock.use(nil) }
        // 2026-11-27 was a Friday; in winter Berlin is an hour ahead.
        let friday = try hours("Fr 22:00-03:00")
        #expect(WallClock.moment(at: utc(2026, 11, 27, 23, 30)) == OpeningHours.Moment(weekday: 5, minute: 30))
        #expect(friday.isOpen(at: WallClock.moment(at: utc(2026, 11, 27, 23, 30))))
        #expect(!friday.isOpen(at: WallClock.moment(at: utc(2026, 11, 27, 20, 59))))
        #expect(WallClock.opening(of: friday, after: utc(2026, 11, 28, 2, 0)) == "FRI 22:00")
        #expect(WallClock.opening(of: friday, after: utc(2026, 11, 27, 12, 0)) == "22:00")
        // The night of 2026-03-29 has no 02:30: who opens then opens at 03:00, when the clock shows it next.
        let night = try hours("02:30-04:00")
        #expect(!night.isOpen(at: WallClock.moment(at: utc(2026, 3, 29, 0, 59))))
        #expect(night.isOpen(at: WallClock.moment(at: utc(2026, 3, 29, 1, 0))))
        #expect(WallClock.opening(of: night, after: utc(2026, 3, 29, 0, 30)) == "03:00")
        // In autumn 02:30 comes twice, and the hours hold both times.
        let autumn = [(0, 29, false), (0, 30, true), (1, 29, false), (1, 30, true), (2, 59, true), (3, 0, false)]
        for (hour, minute, open) in autumn {
            #expect(night.isOpen(at: WallClock.moment(at: utc(2026, 10, 25, Int32(hour), Int32(minute)))) == open, "\(hour):\(minute)")
        }
    }
}
