import Certificates
import Logging
import NIOPosix
import RelayConfiguration

extension Relay {
    /// The certificates of `configuration`: those that are served already, unchanged, and the others, read now.
    func readCertificates(of configuration: RelayConfiguration) async throws(RelayError) -> [CertificateWatch] {
        var watches: [CertificateWatch] = []
        for files in configuration.encryption.certificates {
            if let known = certificateWatches.first(where: { $0.files == files }) {
                watches.append(known)
                continue
            }
            let result: Result<CertificateWatch, CertificateProblem>? = try? await NIOThreadPool.singleton.runIfActive {
                do throws(CertificateProblem) { return .success(try CertificateWatch(files)) } catch { return .failure(error) }
            }
            switch result {
            case .success(let watch): watches.append(watch)
            case .failure(let problem): throw .badCertificate(path: files.path(of: problem.file), message: problem.message)
            case nil: throw .badCertificate(path: files.chain, message: "cannot be read")
            }
        }
        return watches
    }

    /// Serves the given certificates to new connections.
    func useCertificates(_ watches: [CertificateWatch]) {
        let known = certificateWatches.map(\.files)
        certificateWatches = watches
        do {
            try certificates.use(watches.map(\.pair))
        } catch {
            // Each certificate was tried alone when it was read.
            logger.error("the certificates cannot be used together", metadata: ["reason": "\(error)"])
        }
        for watch in watches where !known.contains(watch.files) { tell("certificate in use", watch.pair) }
    }

    /// Checks whether there are new certificates, for the files that are due or for all.
    func lookAtCertificates(all: Bool = false) async {
        var hasChanged = false
        for index in certificateWatches.indices {
            guard index < certificateWatches.endIndex, certificateWatches[index].isDue() || all else { continue }
            let watch = certificateWatches[index]
            let result: Result<CertificatePair, CertificateProblem>?
            do { result = try await NIOThreadPool.singleton.runIfActive { watch.newPair } } catch { continue }
            // A reload may have replaced the certificates meanwhile.
            guard index < certificateWatches.endIndex, certificateWatches[index].files == watch.files else { continue }
            hasChanged = hasChanged || result != nil || watch.problem != nil
            switch certificateWatches[index].look(result) {
            case .nothing: break
            case .serve:
                useCertificates(certificateWatches)
                tell("new certificate in use", certificateWatches[index].pair)
            case .tell(let problem):
                logger.error(
                    "a new certificate cannot be used; the one before is still shown",
                    metadata: ["reason": "\(watch.files.path(of: problem.file)): \(problem.message)"])
            }
        }
        guard hasChanged else { return }
        gate.change { [reports = certificateWatches.map { CertificateReport($0) }] in $0.certificates = reports }
    }

    private func tell(_ sentence: Logger.Message, _ pair: CertificatePair) {
        let metadata: Logger.Metadata = ["names": "\(pair.names.prefix(8).joined(separator: ", "))", "until": "\(pair.lastDay)"]
        logger.info(sentence, metadata: metadata)
        if let staleness = pair.staleness() {
            logger.warning("a certificate \(staleness); browsers refuse it", metadata: metadata)
        }
    }
}
