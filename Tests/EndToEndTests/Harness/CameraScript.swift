import TestSupport

/// Scripts that several tests give to a camera.
enum CameraScript {
    /// Sends pictures 1, 2, 3 … of this size at this rate, without end.
    static func streaming(framesPerSecond: Int, size: Int = 2000, _ form: CameraForm = CameraForm()) -> TestCamera.Script {
        { connection in
            try await connection.answer(form)
            let clock = ContinuousClock()
            var due = clock.now
            for number in 1... {
                try await connection.send(picture: TestPicture.jpeg(number, size: size), form)
                due += .milliseconds(1000 / framesPerSecond)
                try await clock.sleep(until: due)
            }
        }
    }

    /// Sends the same picture once a second, for tests that a stall would disturb.
    static func still(_ number: Int = 1, size: Int = 2000) -> TestCamera.Script {
        { connection in
            try await connection.answer()
            while true {
                try await connection.send(picture: TestPicture.jpeg(number, size: size))
                try await ContinuousClock().sleep(for: .seconds(1))
            }
        }
    }

    /// Sends one picture and stays.
    static func onePicture(_ number: Int = 1, size: Int = 2000) -> TestCamera.Script {
        { connection in
            try await connection.answer()
            try await connection.send(picture: TestPicture.jpeg(number, size: size))
        }
    }

    /// Is no camera, but a web server with one page.
    static func page(_ html: String) -> TestCamera.Script {
        { connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(html.utf8.count)\r\nConnection: close\r\n\r\n" + html)
        }
    }
}
