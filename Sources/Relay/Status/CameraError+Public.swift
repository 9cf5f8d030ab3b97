import CameraClient

extension CameraError {
    /// The description for those who may not know where the camera is: without hosts, addresses and paths.
    var withoutPlaces: String {
        switch self {
        case .nameNotFound: "the camera's name cannot be resolved"
        case .connection: "the connection to the camera failed"
        case .loginWithheld: "camera redirects to another address, which asks for a login"
        case .redirectedElsewhere: "camera redirects to another address, which is not allowed"
        case .redirectUnreadable: "camera redirects to what is no http address"
        case .certificate: "the camera's certificate is not trusted"
        case .tls: "no secure connection to the camera came about"
        case .program: "the program that brings the pictures failed"
        case .file: "the file cannot be played"
        default: description
        }
    }
}
