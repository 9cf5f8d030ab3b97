/// One connection to a test camera, its request already read.
struct CameraConnection: Sendable {
    /// Counts the camera's connections from 1.
    let number: Int
    /// The request's head as it came.
    let request: String
    let connection: TestConnection

    /// Answers with a head, standing for the whole form.
    func answer(_ form: CameraForm = CameraForm()) async throws {
        try await connection.send(form.head)
    }

    /// Sends one picture as a part.
    func send(picture jpeg: [UInt8], _ form: CameraForm = CameraForm()) async throws {
        try await connection.send(form.part(jpeg))
    }

    func send(_ bytes: [UInt8]) async throws { try await connection.send(bytes) }
    func send(_ text: String) async throws { try await connection.send(text) }
    func close() async { await connection.close() }

    /// The value of a request field; nil if it was not sent.
    func field(_ name: String) -> String? {
        request.split(separator: "\r\n").dropFirst().lazy
            .map { $0.split(separator: ":", maxSplits: 1) }
            .first { $0.first?.lowercased() == name.lowercased() }
            .flatMap { $0.last.map { $0.trimmingPrefix(while: { $0 == " " }).description } }
    }
}
