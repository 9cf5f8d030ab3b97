import NIOCore

/// The built-in pictures that viewers see in place of a camera's.
enum Placeholder {
    /// A camera that should send pictures and does not.
    static let noSignal = ByteBuffer(bytes: PackageResources.no_signal_jpg)
    /// A source that is not enabled.
    static let switchedOff = ByteBuffer(bytes: PackageResources.switched_off_jpg)
    /// A stream that has ended, since the relay ends or the source is gone.
    static let ended = ByteBuffer(bytes: PackageResources.ended_jpg)
}
