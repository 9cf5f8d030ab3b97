/// Where a mapping's keys and values stand, for the checks that come after reading.
struct KeyPlaces: Sendable {
    /// A value's place and the section that set it: a source's value may come from `defaults`.
    struct Origin: Sendable {
        var place: Place
        var section: Section
    }

    /// All known keys of the mapping.
    var keys: [String: Place] = [:]
    /// The values that passed their own checks.
    var values: [String: Origin] = [:]

    /// Whether the key is there with a value that is already reported.
    func failed(_ key: String) -> Bool { keys[key] != nil && values[key] == nil }

    /// These places where they are known, else the other's.
    func inheriting(_ other: KeyPlaces) -> KeyPlaces {
        var result = self
        for (key, place) in other.keys where keys[key] == nil {
            result.keys[key] = place
            result.values[key] = other.values[key]
        }
        return result
    }
}
