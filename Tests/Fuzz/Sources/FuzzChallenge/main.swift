import CFuzzer
import Glibc
import Reading
import Text

/// The fields of a 401, one per line.
var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>! = CommandLine.unsafeArgv
exit(
    LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, size in
        guard let data else { return 0 }
        let lines = UnsafeBufferPointer(start: data, count: size).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        let challenges = Challenge.parse(lines)
        precondition(challenges.count <= 16 && challenges.allSatisfy { $0.parameters.count <= 32 })
        let shown = "\(Challenge.shown(lines, hiding: Secrets()))"
        precondition(shown.unicodeScalars.count <= CameraText.maxLength + 1 && shown.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        return 0
    })
