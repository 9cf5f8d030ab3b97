import CFuzzer
import Glibc
import NIOCore
import Reading
import Text

/// A response as a camera may send it: its head, its media type, and its body. The pieces must not matter.
var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>! = CommandLine.unsafeArgv
exit(
    LLVMFuzzerRunDriver(&argumentCount, &arguments) { data, size in
        guard let data, size > 0 else { return 0 }
        let bytes = UnsafeBufferPointer(start: data, count: size)
        func outcome(pieces: Int) -> String {
            var reader = ResponseHeadReader(hiding: Secrets())
            var body: BodyReader?
            var text = ""
            var content: [UInt8] = []
            var rest = bytes.dropFirst()
            do {
                while !rest.isEmpty {
                    var input = ByteBuffer(bytes: rest.prefix(pieces))
                    rest = rest.dropFirst(pieces)
                    if body == nil, let head = try reader.read(&input) {
                        text = "\(head.status) \(head.reason) \(head.fields) \(String(describing: head.mediaType?.boundary))"
                        body = BodyReader(head: head, isStream: bytes[0] & 1 == 0 ? true : nil)
                    }
                    while let piece = try body?.next(&input) { content += piece.readableBytesView }
                }
            } catch {
                text += "\(error)"
            }
            return "\(text) \(content)"
        }
        let whole = outcome(pieces: size)
        precondition(outcome(pieces: 1 + Int(bytes[0] >> 1) % 9) == whole, "the pieces change the outcome")
        return 0
    })
