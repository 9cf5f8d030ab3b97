import TestSupport

extension TestPicture {
    /// The pictures 1 to `count`.
    static func jpegs(_ count: Int) -> [[UInt8]] { (1...count).map { jpeg($0) } }

    /// Pictures as parts, each with its length.
    static func parts(_ pictures: [[UInt8]], boundary: String = "frame", length: Bool = true) -> [UInt8] {
        pictures.flatMap(CameraForm(boundary: boundary, sendsLength: length).part)
    }

    /// A stream's usual head.
    static let head = bytes(CameraForm(contentType: "multipart/x-mixed-replace; boundary=frame").head)
}
