import Glibc

/// A day as people read it.
package enum CalendarDay {
    /// The day of a moment in seconds since 1970, in UTC, as `2024-05-01`.
    package static func text(of moment: Int) -> String {
        var seconds = time_t(moment)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return "?" }
        let (year, month, day) = (Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday))
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}
