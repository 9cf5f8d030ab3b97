/// Something in the local network that may have pictures.
package struct NetworkFind: Hashable, Sendable {
    /// How it was found.
    package enum Kind: String, Sendable {
        /// It says that it is a camera (WS-Discovery).
        case onvif = "ONVIF"
        /// It says that it has a web server (DNS-SD).
        case http
    }

    package let kind: Kind
    package let host: String
    package let port: Int
    /// What it calls itself, cleaned; empty where it does not.
    package let name: String
}
