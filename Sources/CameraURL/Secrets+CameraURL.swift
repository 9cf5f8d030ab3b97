import Text

extension Secrets {
    /// Adds the login of an address, in each form that it goes over the wire in, and those in its query or path.
    package mutating func add(_ url: CameraURL) {
        if let login = url.login { add(user: login.user, password: login.password) }
        add(target: url.target)
    }
}
