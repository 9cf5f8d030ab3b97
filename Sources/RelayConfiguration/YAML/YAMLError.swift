/// What keeps a text from being read as one YAML document. Nothing behind it can be trusted, so it is reported alone.
struct YAMLError: Error, Equatable {
    /// nil where the file as a whole is meant.
    var place: Place?
    var message: String
}
