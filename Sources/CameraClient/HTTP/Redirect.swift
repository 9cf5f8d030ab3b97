import CameraURL
import Text

/// Where a camera's redirect leads.
package enum Redirect {
    /// Reads a Location field against the address that was asked.
    ///
    /// An absolute address, one without scheme, an absolute or relative path with dot segments, or a query alone. Its login is
    /// ignored; the login of `url` goes along to the same scheme, host and port and nowhere else. A fragment is dropped. Another
    /// scheme or port of the same host may always be followed: cameras have their stream on a port of its own (ESP32: 81).
    ///
    /// - Parameters:
    ///   - allowOtherHost: whether another host may be followed.
    ///   - sameHosts: further names of the camera's host, in lower case.
    ///   - secrets: the logins that the camera may repeat.
    /// - Throws: `redirectUnreadable` for no http or https address, `redirectedElsewhere` for a host that is not allowed.
    package static func resolve(
        location: String, from url: CameraURL, allowOtherHost: Bool, sameHosts: Set<String> = [], hiding secrets: Secrets
    ) throws(CameraError) -> CameraURL {
        var secrets = secrets
        // A login of the camera's own making is one too.
        secrets.add(argument: location)
        let unreadable = CameraError.redirectUnreadable(CameraText(location, hiding: secrets))
        let bytes = Array(location.utf8).trimmingBlanks()
        let reference = String(decoding: bytes, as: UTF8.self).prefix { $0 != "#" }
        guard !reference.isEmpty else { throw unreadable }

        var resolved: CameraURL
        do {
            if let scheme = scheme(of: reference) {
                guard CameraURL.Scheme(rawValue: scheme) != nil else { throw unreadable }
                resolved = try CameraURL(String(reference))
            } else if reference.hasPrefix("//") {
                resolved = try CameraURL("\(url.scheme):\(reference)")
            } else {
                let origin = "\(url.scheme)://\(url.hostField)"
                resolved = try CameraURL(origin + target(of: reference, from: url.target))
            }
        } catch {
            throw unreadable
        }

        let path = resolved.target.prefix { $0 != "?" }
        resolved.target = withoutDotSegments(path) + resolved.target[path.endIndex...]
        let isSameOrigin = resolved.hasSameOrigin(as: url)
        let host = resolved.host.lowercased()
        guard host == url.host.lowercased() || sameHosts.contains(host) || allowOtherHost else {
            let origin = "\(resolved.scheme)://\(resolved.hostField)"
            // A login with a slash in it ends where the host seems to, so that half of it would be shown as one.
            let isHost = secrets.hide(in: String(reference)).contains(resolved.host)
            throw .redirectedElsewhere(CameraText(isHost ? origin : location, hiding: secrets))
        }
        resolved.login = isSameOrigin ? url.login : nil
        return resolved
    }

    /// The scheme that a reference begins with, in lower case; nil for a relative one.
    private static func scheme(of reference: Substring) -> String? {
        let name = reference.prefix { !":/?".contains($0) }
        guard reference[name.endIndex...].first == ":" else { return nil }
        return name.lowercased()
    }

    /// The path and query of a relative reference, dot segments still in it (RFC 3986, section 5.2.2).
    private static func target(of reference: Substring, from base: String) -> String {
        let basePath = base.prefix { $0 != "?" }
        if reference.first == "/" { return String(reference) }
        if reference.first == "?" { return "\(basePath)\(reference)" }
        let folder = basePath.lastIndex(of: "/").map { basePath[...$0] } ?? "/"
        return "\(folder)\(reference)"
    }

    /// Resolves `.` and `..` in a path that begins with `/` (RFC 3986, section 5.2.4).
    private static func withoutDotSegments(_ path: Substring) -> String {
        var segments: [Substring] = []
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch part {
            case ".":
                if isLast { segments.append("") }
            case "..":
                _ = segments.popLast()
                if isLast { segments.append("") }
            default:
                segments.append(part)
            }
        }
        return "/" + segments.joined(separator: "/")
    }
}
