/// One connection to a test camera, its request already read.
package struct CameraConnection: Sendable {
    package let request: TestCamera.Request
    package let connection: TestConnection

    /// Counts the camera's connections from 1.
    package var number: Int { request.connection + 1 }

    /// Answers with a head, standing for the whole form.
    package func answer(_ form: CameraForm = CameraForm()) async throws {
        try await connection.send(form.head)
    }

    /// Sends one picture as a part.
    package func send(picture jpeg: [UInt8], _ form: CameraForm = CameraForm()) async throws {
        try await connection.send(form.part(jpeg))
    }

    package func send(_ bytes: [UInt8]) async throws { try await connection.send(bytes) }
    package func send(_ text: String) async throws { try await connection.send(text) }
    package func close() async { await connection.close() }

    /// The value of a request field; nil if it was not sent.
    package func field(_ name: String) -> String? { request.field(name) }
}
