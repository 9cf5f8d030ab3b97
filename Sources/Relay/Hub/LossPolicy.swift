import MJPEG
import NIOCore
import RelayConfiguration

/// What viewers get while no new frame comes: a value that decides, without clock or sockets.
///
/// Clients and proxies end streams that fall silent (Home Assistant after 10 s), and a camera must not look alive when it is not.
package struct LossPolicy: Sendable {
    /// A viewer as the decision sees it.
    struct Viewing {
        /// When it came.
        var since: NIODeadline
        /// When it last got a part, nil if it never did.
        var lastPart: NIODeadline?
        /// What that part was.
        var lastKind = Frame.Kind.live
        /// What it asked for with `?on_loss=`, nil for the source's way.
        var onLoss: SourceConfiguration.OnLoss?
    }

    /// What to send now.
    enum Part: Equatable {
        case nothing
        /// The newest frame once more.
        case again
        case placeholder
        /// No part: the stream ends.
        case end
    }

    /// How long a viewer waits for a first frame before it sees the placeholder.
    static let placeholderDelay = TimeAmount.seconds(3)

    var heartbeat: TimeAmount
    /// From this age on a frame is no longer shown as if it were new.
    var stallTimeout: TimeAmount
    var onLoss: SourceConfiguration.OnLoss
    var isOff: Bool
    /// A JPEG.
    var placeholder: ByteBuffer

    /// How often viewers are looked at: often enough that no silence is longer than `heartbeat`.
    var interval: TimeAmount { min(.seconds(1), .nanoseconds(heartbeat.nanoseconds / 5)) }

    /// Decides for a viewer whose last part has left, when the newest frame is so old (nil: there is none).
    func part(for viewing: Viewing, newestAge: TimeAmount?, at now: NIODeadline) -> Part {
        let quiet = now - (viewing.lastPart ?? viewing.since)
        let isDue = quiet + interval >= heartbeat
        if !isOff, let newestAge, newestAge < stallTimeout { return isDue ? .again : .nothing }
        let onLoss = viewing.onLoss ?? self.onLoss
        switch onLoss {
        case .silent:
            return .nothing
        case .close:
            // Who saw the frame grow old has waited; who came to a lost camera waits as long for it to come back.
            return viewing.lastPart != nil || now - viewing.since >= stallTimeout ? .end : .nothing
        case .last where newestAge != nil:
            return isDue ? .again : .nothing
        case .last, .placeholder:
            if viewing.lastPart != nil { return isDue || viewing.lastKind != .placeholder ? .placeholder : .nothing }
            let delay = isOff || newestAge != nil ? TimeAmount.zero : min(Self.placeholderDelay, heartbeat - interval)
            return quiet >= delay ? .placeholder : .nothing
        }
    }
}

extension LossPolicy {
    /// The policy of a source, which is closed until `opening`; nil while it is open.
    init(_ configuration: SourceConfiguration, closedUntil opening: String? = nil) {
        let placeholder =
            if !configuration.enabled {
                Placeholder.switchedOff
            } else if let opening {
                TextPicture.make(["closed until", opening])
            } else {
                configuration.placeholder?.jpeg ?? Placeholder.noSignal
            }
        self.init(
            heartbeat: TimeAmount(configuration.heartbeat),
            stallTimeout: TimeAmount(configuration.effectiveStallTimeout),
            onLoss: configuration.onLoss,
            isOff: !configuration.enabled || opening != nil,
            placeholder: placeholder
        )
    }
}
