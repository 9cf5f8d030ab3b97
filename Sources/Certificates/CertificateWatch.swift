/// A pair that is served, and the decision when what has come in the place of its files is served instead.
///
/// A value without a clock: whoever has it calls ``look(_:)`` at every ``tick`` for which ``isDue()`` says so.
package struct CertificateWatch: Sendable {
    /// How long it is from one question whether a look is due to the next.
    package static let tick = Duration.seconds(5)
    /// Files that are as they were are looked at once a minute.
    private static let ticksBetweenLooks = 12
    /// Two files are written one after the other; for a minute nothing is said of a pair that does not fit.
    private static let ticksOfPatience = 12

    /// What to do after a look.
    package enum Action: Sendable {
        case nothing
        /// ``pair`` is another one now.
        case serve
        /// The new pair cannot be served, which people should know.
        case tell(CertificateProblem)
    }

    package let files: CertificateFiles
    /// What is served.
    package private(set) var pair: CertificatePair
    /// Why what is on disk is not served; nil as long as it is, or may yet become right.
    package private(set) var problem: CertificateProblem?
    private var ticks = 0
    /// Looks that have found a pair which cannot be served, one after the other.
    private var failures = 0

    /// Reads the files, which must be right. Blocks for a disk.
    package init(_ files: CertificateFiles) throws(CertificateProblem) {
        self.init(files, pair: try CertificatePair(files))
    }

    init(_ files: CertificateFiles, pair: CertificatePair) {
        self.files = files
        self.pair = pair
    }

    /// Counts one tick, and says whether to look.
    package mutating func isDue() -> Bool {
        ticks += 1
        return failures > 0 || ticks >= Self.ticksBetweenLooks
    }

    /// What the files hold now, nil where that is what is served. Blocks for a disk.
    package var newPair: Result<CertificatePair, CertificateProblem>? {
        do throws(CertificateProblem) {
            let contents = try files.contents()
            return contents.digest == pair.digest ? nil : .success(try CertificatePair(contents))
        } catch {
            return .failure(error)
        }
    }

    /// Decides what comes of a look.
    package mutating func look(_ newPair: Result<CertificatePair, CertificateProblem>?) -> Action {
        ticks = 0
        switch newPair {
        case nil:
            (failures, problem) = (0, nil)
            return .nothing
        case .success(let new):
            (failures, problem) = (0, nil)
            // Two looks at once find the same.
            guard new.digest != pair.digest else { return .nothing }
            pair = new
            return .serve
        case .failure(let new):
            failures += 1
            guard failures > Self.ticksOfPatience, problem != new else { return .nothing }
            problem = new
            return .tell(new)
        }
    }
}
