import CameraURL
import Text

/// A source while it is read, with the places of its values for the checks that look at two of them.
///
/// `defaults` is read into a draft too; each source starts as a copy of it, and so inherits what it does not set.
struct SourceDraft: Sendable {
    var source = SourceConfiguration(name: "", upstream: .file(path: ""))
    /// Where the source's name stands.
    var place = Place.start
    var places = KeyPlaces()

    /// From `url`, in order.
    var urls: [SourceConfiguration.Upstream] = []
    /// From `exec`.
    var program: [String]?
    /// From `publish`.
    var publish: PublishConfiguration?
    var username: String?
    var password: String?
    /// What `password_file` holds.
    var filePassword: String?

    /// Reports a name that no source may have.
    static func checkName(_ name: String, at place: Place, _ reader: inout ConfigurationReader) {
        let beginsWell = name.utf8.first?.isAlphanumeric ?? false
        if !beginsWell || !name.utf8.allSatisfy({ $0.isAlphanumeric || "._-".utf8.contains($0) }) {
            reader.report("a source's name is made of A-Z a-z 0-9 . _ - and begins with a letter or a digit", at: place)
        } else if SourceConfiguration.reservedNames.contains(name) {
            reader.report("a source cannot be named '\(name)': /\(name) is a route of the relay", at: place)
        }
    }
}
