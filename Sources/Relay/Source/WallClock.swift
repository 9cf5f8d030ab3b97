import Glibc
import RelayConfiguration

/// The wall clock: local time where the relay is.
enum WallClock {
    private static let days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]

    /// Takes over a time zone; nil for the time zone of the process's environment at its start. Call it from one thread at a time.
    ///
    /// Other threads may read the time meanwhile: the environment's variable exists from the first call on, and is then only replaced.
    static func use(_ zone: String?) {
        let text = "TZ=" + (zone ?? own)
        guard getenv("TZ").map({ String(cString: $0) }) != zone ?? own, let copy = strdup(text) else { return }
        // The environment keeps a pointer to the text, so the text is never freed; reloads with another zone are rare.
        putenv(copy)
        tzset()
    }

    /// The value of `TZ` at the start. If it was not set, the file that the system then reads.
    private static let own = getenv("TZ").map { String(cString: $0) } ?? ":/etc/localtime"

    /// The time, to the nanosecond: `time()` may turn to the next second some milliseconds later.
    static var now: timespec {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now
    }

    /// The moment of the week at `time`, in seconds since 1970.
    static func moment(at time: time_t) -> OpeningHours.Moment {
        var (time, parts) = (time, tm())
        localtime_r(&time, &parts)
        return OpeningHours.Moment(weekday: (Int(parts.tm_wday) + 6) % 7, minute: Int(parts.tm_hour) * 60 + Int(parts.tm_min))
    }

    /// When the source opens next after `time`, in words: `07:00`, or with the day if that is neither today nor tonight; nil if it does not
    /// open within a week.
    static func opening(of hours: OpeningHours, after time: time_t) -> String? {
        let start = time - time % 60
        // The search goes minute by minute, because the wall clock is moved twice a year.
        for minute in 1...(8 * 1440) {
            let moment = moment(at: start + minute * 60)
            guard hours.isOpen(at: moment) else { continue }
            let text = "\(twoDigits(moment.minute / 60)):\(twoDigits(moment.minute % 60))"
            return minute < 1440 ? text : "\(days[moment.weekday]) \(text)"
        }
        return nil
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
