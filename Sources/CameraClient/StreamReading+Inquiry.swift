import NIOCore

extension StreamReading {
    /// Reads the answer to an inquiry.
    convenience init(
        _ reader: StreamReader, _ inquiry: Inquiry, eventLoop: any EventLoop, resume: @escaping () -> Void,
        ended: @escaping (CameraError) -> Void
    ) {
        self.init(
            reader, to: inquiry.sink, stallTimeout: inquiry.stallTimeout, eventLoop: eventLoop, pictureCame: inquiry.pictureCame,
            resume: resume, ended: ended)
    }
}
