import CameraClient

extension CameraError {
    /// The description for everybody but operators: without hosts, addresses and paths, and without the camera's own words, which may
    /// contain a login in an unforeseen form.
    var publicDescription: String {
        switch self {
        case .status(let status, _, _): "camera answers \(status)"
        case .notHTTP: "camera does not answer in HTTP"
        case .afterLogin(let error): error.publicDescription + ", when it was given the login"
        case .loginUnsupported: "camera asks for a login (401) in a way that is not supported"
        case .notAPicture: "camera sends neither a stream nor a picture"
        case .nameNotFound: "the camera's name cannot be resolved"
        case .connection: "the connection to the camera failed"
        case .loginWithheld: "camera redirects to another address, which asks for a login"
        case .redirectedElsewhere: "camera redirects to another address, which is not allowed"
        case .redirectUnreadable: "camera redirects to what is no http address"
        case .certificate: "the camera's certificate is not trusted"
        case .tls: "no secure connection to the camera came about"
        case .program: "the program that brings the pictures failed"
        case .file: "the file cannot be played"
        case .noPublisher: "nobody publishes this source"
        case .publisherSays: "the publisher has no picture from its camera"
        default: description
        }
    }
}
