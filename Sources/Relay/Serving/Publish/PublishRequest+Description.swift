import CameraClient
import NIOHTTP1
import Text

extension PublishRequest {
    /// What is known of a publisher before its first picture.
    func description(of publisher: Publisher) -> CameraDescription {
        let secrets = head.loginSecrets
        return CameraDescription(
            address: CameraText(origin.description, hiding: secrets),
            server: publisher.visitor.program.map { CameraText($0, hiding: secrets) })
    }
}

extension HTTPRequestHead {
    /// The logins that the request brings, which the client may repeat elsewhere in it.
    var loginSecrets: Secrets {
        var secrets = Secrets()
        secrets.add(target: uri)
        for (name, value) in headers { secrets.add(fieldName: name, value: value) }
        return secrets
    }
}
