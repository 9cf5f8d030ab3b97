import Glibc
import RelayConfiguration

/// What a clock on the wall shows where the relay is.
enum WallClock {
    private static let days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]

    /// Takes over a time zone, nil for that of the process's environment when it began. To be called from one thread at a time.
    ///
    /// Other threads may read the time meanwhile: the variable is there from the first call on, so that it is replaced in place.
    static func use(_ zone: String?) {
        let text = "TZ=" + (zone ?? own)
        guard getenv("TZ").map({ String(cString: $0) }) != zone ?? own, let copy = strdup(text) else { return }
        // The environment keeps the text, so it is never freed; a reload with another zone is rare.
        putenv(copy)
        tzset()
    }

    /// What `TZ` was; a file that is read as when it is not set, where it was not.
    private static let own = getenv("TZ").map { String(cString: $0) } ?? ":/etc/localtime"

    /// The moment of the week at `time`, in seconds since 1970.
    static func moment(at time: time_t) -> OpeningHours.Moment {
        var (time, parts) = (time, tm())
        localtime_r(&time, &parts)
        return OpeningHours.Moment(weekday: (Int(parts.tm_wday) + 6) % 7, minute: Int(parts.tm_hour) * 60 + Int(parts.tm_min))
    }

    /// When it opens next after `time`, as people say it: `07:00`, and with the day where that is not today or this night; nil where
    /// it does not within a week.
    static func opening(of hours: OpeningHours, after time: time_t) -> String? {
        let start = time - time % 60
        // Minute by minute, since the clock on the wall leaps twice a year.
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
