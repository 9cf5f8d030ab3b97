import MJPEG
import NIOCore

/// Cameras that have no stream, only single pictures.
extension HTTPCamera {
    /// Entity tags beyond this length are not sent back.
    private static let maxTagLength = 256

    /// How often a camera is asked that turns out to have single pictures only, where the file does not say.
    static let defaultInterval = Duration.seconds(1)

    /// Asks for a picture every `interval` until none can be had for the stall timeout, over one connection where the camera keeps
    /// it open.
    ///
    /// The first picture goes out in any case; after that only those that changed, by the camera's word (304) or by their bytes. One
    /// bad answer is not a lost camera: many are busy now and then (503), or show a page, or fall silent within a picture.
    func poll(every interval: Duration, to sink: FrameSink) async throws(CameraError) {
        var dial = Dial(url: settings.url)
        dial.isPolledUnasked = settings.interval == nil
        defer { dial.connection?.close() }
        var previous: Frame?
        var pace = PollingPace()
        var validators = Validators()
        var due = NIODeadline.now()
        while true {
            let interval = settings.interval ?? interval
            let stallTimeout = max(settings.effectiveStallTimeout, interval * 3)
            due = due + TimeAmount(interval)
            do throws(CameraError) {
                dial.conditions = validators.conditions(at: .now())
                (dial.maxWait, dial.maxSilence) = pace.limits(stallTimeout: stallTimeout, at: .now())
                let answer = try await ask(&dial, for: .picture(previous: previous), sink: sink)
                pace.good(at: .now())
                if let picture = answer.picture {
                    validators.take(answer.head, isNew: picture.jpeg != previous?.jpeg, at: .now())
                    previous = picture
                    dial.known = answer.description
                    if answer.description?.isPolledUnasked == true, answer.isMultipart {
                        // It has a stream after all.
                        memory.withLock { $0.hasSinglePictures = false }
                        throw .ended
                    }
                } else {
                    validators.notModified()
                }
            } catch {
                let mayLogInAgain = settings.url.login == nil || dial.trial.wasTaken
                let next = pace.bad(
                    error, interval: interval, stallTimeout: stallTimeout, mayLogInAgain: mayLogInAgain,
                    hasLogin: settings.url.login != nil, at: .now())
                guard let next else { throw error }
                due = max(due, next)
                // A redirect may have led there; the next answer is looked for where the first one was.
                dial.dropConnection()
                dial.url = settings.url
            }
            // Late (the machine slept, the camera is slow): go on from now, without a burst.
            due = max(due, .now())
            do {
                try await eventLoop.wait(until: due)
            } catch {
                throw .cancelled
            }
        }
    }

    /// The validators of a camera's newest picture, with which the next answer is short while the picture stays the same (RFC 9110,
    /// section 13.1), and how far the camera is believed.
    private struct Validators {
        /// How often in a row, and for how long, the camera is believed that nothing has changed.
        private static let maxBelieved = 20
        private static let maxAge = TimeAmount.seconds(60)

        private var fields: [(String, String)] = []
        private var lastPicture = NIODeadline.now()
        private var unchanged = 0
        private var isDoubting = false
        /// Whether a picture was another one in spite of its validators: they mean nothing.
        private var areWrong = false

        mutating func conditions(at now: NIODeadline) -> [(String, String)] {
            isDoubting = unchanged >= Self.maxBelieved || (unchanged >= 2 && now - lastPicture >= Self.maxAge)
            return isDoubting || areWrong ? [] : fields
        }

        mutating func notModified() { unchanged += 1 }

        mutating func take(_ head: ResponseHead, isNew: Bool, at now: NIODeadline) {
            let new = HTTPCamera.conditions(head)
            if isDoubting, isNew, new.elementsEqual(fields, by: ==) { areWrong = true }
            fields = new
            lastPicture = now
            unchanged = 0
        }
    }

    /// What makes the next answer short where the picture is still the same (RFC 9110, section 13.1).
    fileprivate static func conditions(_ head: ResponseHead) -> [(String, String)] {
        [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")].compactMap { field, condition in
            guard let value = head.first(field), !value.isEmpty, value.utf8.count <= maxTagLength else { return nil }
            return (condition, value)
        }
    }
}
