/// The content security policy of the pages: nothing inline, nothing from other hosts.
enum PagePolicy {
    static func text(frameAncestors: String) -> String {
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors \(frameAncestors)"
    }
}
