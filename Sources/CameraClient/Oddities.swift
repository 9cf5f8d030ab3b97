import MJPEG

/// What was odd about a camera's pictures, over all of its connections: it outlives a dial, so that an operator finds it in the status of
/// a camera that was lost a moment ago.
struct Oddities: Equatable, Sendable {
    /// What was odd and was read all the same.
    var quirks: Quirks = []
    /// Pictures that were cut, merged or broken and did not go out.
    var picturesDropped = 0

    init() {}

    /// As the sink was told of them.
    init(_ description: CameraDescription) {
        quirks = description.quirks
        picturesDropped = description.picturesDropped
    }

    /// These, and those of the connection that is read now.
    func adding(_ assembler: FrameAssembler) -> Oddities {
        var all = self
        all.quirks.formUnion(assembler.quirks)
        all.picturesDropped += assembler.framesDropped
        return all
    }
}
