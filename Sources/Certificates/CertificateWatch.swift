/// A pair that is served, and the decision when the changed contents of its files are served instead.
///
/// A value without a clock: its owner calls ``isDue()`` at every ``tick``, and ``look(_:)`` when that says so.
package struct CertificateWatch: Sendable {
    /// The time between two calls of ``isDue()``.
    package static let tick = Duration.seconds(5)
    /// The ticks between two looks at unchanged files: one look a minute.
    private static let ticksBetweenLooks = 12
    /// The ticks for which a pair that does not fit is not reported, because the two files are written one after the other: a minute.
    private static let ticksBeforeReport = 12

    /// What to do after a look.
    package enum Action: Sendable {
        case nothing
        /// ``pair`` has changed.
        case serve
        /// The new pair cannot be served, and operators should be told.
        case tell(CertificateProblem)
    }

    package let files: CertificateFiles
    /// The pair that is served.
    package private(set) var pair: CertificatePair
    /// Why the files on disk are not served; nil while they are served, or may yet become right.
    package private(set) var problem: CertificateProblem?
    private var ticks = 0
    /// The number of looks in a row that have found a pair which cannot be served.
    private var failures = 0

    /// Reads the files, and throws if the pair cannot be served. Blocks for a disk.
    package init(_ files: CertificateFiles) throws(CertificateProblem) {
        self.init(files, pair: try CertificatePair(files))
    }

    init(_ files: CertificateFiles, pair: CertificatePair) {
        self.files = files
        self.pair = pair
    }

    /// Counts one tick, and says whether a look is due.
    package mutating func isDue() -> Bool {
        ticks += 1
        return failures > 0 || ticks >= Self.ticksBetweenLooks
    }

    /// The files' contents now; nil if these contents are served already. Blocks for a disk.
    package var newPair: Result<CertificatePair, CertificateProblem>? {
        do throws(CertificateProblem) {
            let contents = try files.contents()
            return contents.digest == pair.digest ? nil : .success(try CertificatePair(contents))
        } catch {
            return .failure(error)
        }
    }

    /// Decides what to do after a look.
    package mutating func look(_ newPair: Result<CertificatePair, CertificateProblem>?) -> Action {
        ticks = 0
        switch newPair {
        case nil:
            (failures, problem) = (0, nil)
            return .nothing
        case .success(let new):
            (failures, problem) = (0, nil)
            // Another look at the same time may have found the same contents.
            guard new.digest != pair.digest else { return .nothing }
            pair = new
            return .serve
        case .failure(let new):
            failures += 1
            guard failures > Self.ticksBeforeReport, problem != new else { return .nothing }
            problem = new
            return .tell(new)
        }
    }
}
