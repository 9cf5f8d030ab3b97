import RelayConfiguration
import Text

extension Secrets {
    /// The logins in all addresses, header fields and programs of a source.
    init(_ configuration: SourceConfiguration) {
        self.init()
        for upstream in configuration.upstreams {
            switch upstream {
            case .camera(let url), .relay(let url): add(url)
            case .file: break
            case .program(let words): for word in words { add(argument: word) }
            case .publisher(let publish): if case .plain(let password) = publish.password { add(user: "", password: password) }
            }
        }
        for push in configuration.push { add(push.url) }
        for field in configuration.headers { add(fieldName: field.name, value: field.value) }
    }
}
