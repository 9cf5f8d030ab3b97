import CameraClient
import MJPEG
import NIOCore

extension Hub {
    /// The policy's placeholder as a part for viewers; it has no sequence number of its own.
    func placeholder(_ policy: LossPolicy, at now: NIODeadline) -> Newest? {
        Frame(jpeg: policy.placeholder, timestamp: .now(), kind: .placeholder).map {
            Newest(frame: $0, sequence: newest?.sequence ?? 0, arrival: now, interval: newest?.interval ?? .zero)
        }
    }
}
