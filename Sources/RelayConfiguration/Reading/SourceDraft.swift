import CameraURL

/// A source while it is read, with the places of its values for the checks that look at two of them.
///
/// `defaults` is read into a draft too; each source starts as a copy of it, and so inherits what it does not set.
struct SourceDraft: Sendable {
    var source = SourceConfiguration(name: "", upstream: .file(path: ""))
    /// Where the source's name stands.
    var place = Place.start
    var places = KeyPlaces()

    /// Names that are routes of the relay.
    private static let reservedNames: Set<String> = [
        "status", "metrics", "healthz", "readyz", "stream", "snapshot", "ws", "embed",
    ]

    /// Reports a name that no source may have.
    static func checkName(_ name: String, at place: Place, _ reader: inout ConfigurationReader) {
        let beginsWell = name.utf8.first.map { isAlphanumeric($0) } ?? false
        if !beginsWell || !name.utf8.allSatisfy({ isAlphanumeric($0) || "._-".utf8.contains($0) }) {
            reader.report("a source's name is made of A-Z a-z 0-9 . _ - and begins with a letter or a digit", at: place)
        } else if reservedNames.contains(name) {
            reader.report("a source cannot be named '\(name)': /\(name) is a route of the relay", at: place)
        }
    }

    /// The checks that look at more than one value of the source.
    func checkTogether(_ reader: inout ConfigurationReader) {
        let section = Section.source(source.name)
        if places.keys["url"] == nil { reader.report("\(section.label) has no 'url'", at: place) }
        checkBackOff(&reader)
        guard places.values["url"] != nil else { return }
        switch source.upstream {
        case .camera(let url):
            if let fps = places.values["fps"], fps.section == section {
                reader.report("'fps'\(section.suffix) is only for a file: URL; a camera sets its own pace", at: fps.place)
            }
            if url.login != nil, source.headers.contains(where: { $0.name.lowercased() == "authorization" }),
                let origin = places.values["headers"]
            {
                reader.report("\(section.label) has a login in its URL and an 'Authorization' in 'headers'; keep one", at: origin.place)
            }
        case .file:
            let gap = Duration.seconds(1 / source.fps)
            if !places.failed("fps"), !places.failed("stall_timeout"), gap >= source.stallTimeout,
                let origin = places.values["fps"] ?? places.values["stall_timeout"]
            {
                let why = "at its 'fps', frames come no sooner than 'stall_timeout' ends"
                reader.report("\(section.label) would always be stalled: \(why)", at: origin.place)
            }
        }
    }

    private func checkBackOff(_ reader: inout ConfigurationReader) {
        guard !places.failed("reconnect_min"), !places.failed("reconnect_max"), source.reconnectMin > source.reconnectMax else { return }
        if let origin = places.values["reconnect_min"] {
            let unset = places.values["reconnect_max"] == nil ? " (\(DurationText.format(source.reconnectMax)) unless set)" : ""
            reader.report("'reconnect_min'\(origin.section.suffix) is longer than 'reconnect_max'\(unset)", at: origin.place)
        } else if let origin = places.values["reconnect_max"] {
            let unset = " (\(DurationText.format(source.reconnectMin)) unless set)"
            reader.report("'reconnect_min'\(unset) is longer than 'reconnect_max'\(origin.section.suffix)", at: origin.place)
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
