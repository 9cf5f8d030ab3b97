import MJPEG

extension Stream {
    /// Parts whose headers differ, each followed by its picture.
    static func headed(_ name: String, odd: Quirks = [], _ header: @escaping @Sendable ([UInt8]) -> String) -> Stream {
        Stream(name).each(jpegs) { stream, jpeg in
            stream.text("--x\r\n" + header(jpeg) + "\r\n").frame(jpeg).text("\r\n")
        }.odd(odd)
    }

    /// Pictures with another length than theirs, the first of which needs to be found out.
    static func wrong(_ name: String, by difference: Int, odd: Quirks) -> Stream {
        Stream(name + " by \(difference)").each(jpegs) { stream, jpeg, index in
            stream.text("--x\r\nContent-Type: image/jpeg\r\nContent-Length: \(jpeg.count + difference)\r\n\r\n")
                .frame(jpeg, late: index == 0 && difference > 0).text("\r\n")
        }.text("--x\r\n").odd(odd)
    }

    /// Right lengths with bytes behind the end of image.
    static func padded(_ name: String, _ padding: [UInt8], after: String = "\r\n", late: Bool = false) -> Stream {
        Stream("padding: " + name).each(jpegs) { stream, jpeg in
            stream.text("--x\r\n" + header(jpeg + padding)).frame(jpeg + padding, late: late).text(after)
        }.odd(.bytesBehindPicture)
    }

    /// A picture, something else, a picture.
    static func between(_ name: String, _ other: String, bytes: [UInt8] = [], odd: Quirks = []) -> Stream {
        Stream("between: " + name).each(jpegs) { stream, jpeg in
            stream.text("--x\r\n" + header(jpeg)).frame(jpeg).text("\r\n--x\r\n" + other).bytes(bytes).text("\r\n")
        }.odd(odd)
    }

    /// What parts say and hold.
    static let parts: [Stream] =
        [
            headed("no length", odd: .noContentLength) { _ in "Content-Type: image/jpeg\r\n" },
            headed("no header at all", odd: [.noContentLength, .otherPartType]) { _ in "" },
            headed("length only", odd: .otherPartType) { "Content-Length: \($0.count)\r\n" },
            headed("length that is no number", odd: .unreadableContentLength) { _ in "Content-Type: image/jpeg\r\nContent-Length: abc\r\n"
            },
            headed("length with text behind", odd: .unreadableContentLength) { "Content-Length: \($0.count) bytes\r\n" },
            headed("hexadecimal length", odd: .unreadableContentLength) { "Content-Length: 0x\(String($0.count, radix: 16))\r\n" },
            headed("empty length", odd: .unreadableContentLength) { _ in "Content-Length:\r\n" },
            headed("negative length", odd: .unreadableContentLength) { _ in "Content-Length: -1\r\n" },
            headed("signed length", odd: .unreadableContentLength) { "Content-Length: +\($0.count)\r\n" },
            headed("length beyond 64 bits", odd: .unreadableContentLength) { _ in "Content-Length: 99999999999999999999999\r\n" },
            headed("length at the edge of 64 bits", odd: .unreadableContentLength) { _ in "Content-Length: 9223372036854775807\r\n" },
            headed("length beyond the limit", odd: .unreadableContentLength) { _ in "Content-Length: 2000000\r\n" },
            headed("two lengths", odd: .unreadableContentLength) { "Content-Length: 12\r\nContent-Length: \($0.count)\r\n" },
            headed("the same length twice") { "Content-Length: \($0.count)\r\ncontent-length: \($0.count)\r\n" },
            headed("zeros before the length") { "Content-Length: 00000\($0.count)\r\n" },
            headed("length zero", odd: .lengthTooSmall) { _ in "Content-Length: 0\r\n" },
            headed("length two", odd: .lengthTooSmall) { _ in "Content-Length: 2\r\n" },
            headed("length three", odd: .lengthTooSmall) { _ in "Content-Length: 3\r\n" },
            headed("odd capitals, no blanks") { "CONTENT-TYPE:image/jpeg\r\ncontent-length:\($0.count)\r\n" },
            headed("blanks everywhere") { "Content-Type \t:  image/jpeg \r\nContent-Length :\t \($0.count)  \r\n" },
            headed("image/jpg", odd: .otherPartType) { "Content-Type: image/jpg\r\nContent-Length: \($0.count)\r\n" },
            headed("type with parameters", odd: .otherPartType) { _ in "Content-Type: image/jpeg;size=1234; x=\"--x\"\r\n" },
            headed("type without subtype", odd: .otherPartType) { _ in "Content-Type: jpeg\r\n" },
            headed("octet stream", odd: .otherPartType) { _ in "Content-Type: application/octet-stream\r\n" },
            headed("motion JPEG", odd: .otherPartType) { _ in "Content-Type: video/x-motion-jpeg\r\n" },
            headed("a picture that calls itself text", odd: .otherPartType) {
                "Content-Type: text/plain\r\nContent-Length: \($0.count)\r\n"
            },
            headed("nameless lines") { "Thu, 1 Jan 1970\r\n: nameless\r\nContent-Length: \($0.count)\r\nno colon here\r\n" },
            headed("folded lines") { "X-Tags: a,\r\n\tb: c\r\n Content-Length: 3\r\nContent-Length: \($0.count)\r\n" },
            headed("odd values") { _ in "X-Timestamp: %d.%06d\r\nDate: \u{1}\u{7F}\r\nX-Frame-Kind: other\r\n" },
            headed("many long lines") { jpeg in
                (0..<15).map { "X-Data-\($0): " + String(repeating: "v", count: 900) + "\r\n" }.joined()
                    + "Content-Length: \(jpeg.count)\r\n"
            },
            headed("doubled carriage returns") { "Content-Length: \($0.count)\r\r\n" },
            headed("a dashed line that is no delimiter") { "--\r\n--y\r\nContent-Length: \($0.count)\r\n" },
            Stream("no blank line").each(jpegs) { stream, jpeg in
                stream.text("--x\r\nContent-Length: \(jpeg.count)\r\n").frame(jpeg).text("\r\n")
            }.odd(.missingBlankLine),
            Stream("no header and no blank line").each(jpegs) { $0.text("--x\r\n").frame($1).text("\r\n") }.odd(.missingBlankLine),
            Stream("blanks in the blank line").each(jpegs) { $0.text("--x\r\nContent-Type: image/jpeg\r\n \t\r\n").frame($1).text("\r\n") },
            Stream("two blank lines").each(jpegs) { stream, jpeg in
                stream.text("--x\r\n" + header(jpeg) + "\r\n").frame(jpeg).text("\r\n")
            }.odd(.bytesBeforePicture),
            Stream("header ahead").text("--x\r\nContent-Type: image/jpeg\r\n\r\n").each(jpegs) { stream, jpeg in
                stream.frame(jpeg).text("\r\n--x\r\nContent-Type: image/jpeg\r\n\r\n")
            },

        ] + [1, 2, 3, 4, 5, 6, 7, 10, 20, 33, 60, 100, 200, 5000, 500_000].map { wrong("too large", by: $0, odd: .lengthTooLarge) }
        + [-1, -2, -3, -10, -50, -80, -120, -150].map { wrong("too small", by: $0, odd: .lengthTooSmall) } + [
            padded("a zero", [0]),
            padded("zeros", [UInt8](repeating: 0, count: 40)),
            padded("any bytes", [0xFF, 0xD8, 0xFF, 0x2D, 0x2D, 0x79, 0x0A, 0x2D, 0x79, 0xFF, 0xD9, 0x00]),
            padded("ends like a delimiter within", [0x41, 0x2D, 0x2D]),
            padded("ends like a delimiter on a line", [0, 0x0D, 0x0A, 0x2D], late: true),
            padded("no line end behind", [1, 2, 3, 4], after: ""),

            between("text", "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello", odd: .otherPart),
            between("text without length", "Content-Type: text/plain\r\n\r\nhello\r\nyou", odd: .otherPart),
            between("text with a blank line", "Content-Type: text/plain\r\n\r\nhello\r\n\r\nyou -- and --y", odd: .otherPart),
            between("text with too small a length", "Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nhello: you"),
            between("text with too large a length", "Content-Type: text/plain\r\nContent-Length: 4000\r\n\r\nhello"),
            between("XML", "Content-Type: application/xml\r\n\r\n<EventNotificationAlert>\r\n<!-- c -->\r\n</EventNotificationAlert>"),
            between("HTML", "Content-Type: text/html; charset=utf-8\r\nContent-Length: 13\r\n\r\n<html></html>"),
            between(
                "audio with pictures' bytes", "Content-Type: audio/basic\r\nContent-Length: 8\r\n\r\n",
                bytes: [1, 0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xD9, 2]),
            between("audio without length", "Content-Type: audio/x-wav\r\n\r\n", bytes: [1, 0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xD9, 2]),
            between("text that begins like a picture", "Content-Type: text/plain\r\n\r\n", bytes: [0xFF, 0xD8, 0x41, 0x42]),
            between("untyped text", "\r\nhello", odd: .otherPart),
            between("untyped text with a length", "Content-Length: 5\r\n\r\nhello", odd: .otherPart),
            between("empty", "Content-Type: image/jpeg\r\nContent-Length: 0\r\n\r\n", odd: .emptyPart),
            between("empty without length", "Content-Type: image/jpeg\r\n\r\n", odd: .emptyPart),
            between("empty text", "Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n"),
            between("empty without header", "", odd: .emptyPart),

            Stream("bytes before SOI, counted").each(jpegs) { stream, jpeg in
                stream.text("--x\r\n" + header([1, 2, 3, 4] + jpeg)).bytes([0xFF, 0xD8, 0, 0x2D]).frame(jpeg).text("\r\n")
            }.odd(.bytesBeforePicture),
            Stream("bytes before SOI, not counted").each(jpegs) { stream, jpeg in
                stream.text("--x\r\n" + header(jpeg)).bytes([0, 0, 0xFF, 0xFF]).frame(jpeg).text("\r\n")
            }.odd(.bytesBeforePicture),
            Stream("bytes before SOI, padding within a length that does not count them").each(jpegs) { stream, jpeg in
                stream.text("--x\r\n" + header(jpeg + [0])).bytes([7]).frame(jpeg).bytes([0]).text("\r\n")
            }.odd(.bytesBeforePicture),
            Stream("bytes before SOI, no length").each(jpegs) { stream, jpeg in
                stream.text("--x\r\n\r\n").bytes([9, 0x0D, 0x0A]).frame(jpeg).text("\r\n")
            }.odd(.bytesBeforePicture),
            Stream("bytes after EOI, no length").each(jpegs) { stream, jpeg in
                stream.text("--x\r\n\r\n").frame(jpeg).bytes([0, 0, 0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xD9]).text("\r\n")
            },
            Stream("bytes after EOI, no length, no line end").each(jpegs) { stream, jpeg in
                stream.text("--x\r\n\r\n").frame(jpeg).bytes([UInt8](repeating: 0, count: 300))
            },
            Stream("no EOI, right length").each(jpegs) { stream, jpeg in
                let cut = Array(jpeg.dropLast(2))
                return stream.text("--x\r\n" + header(cut)).frame(cut, late: true).text("\r\n")
            }.text("--x").odd(.noEndOfImage),
            Stream("half an EOI, right length, no line end").each(jpegs) { stream, jpeg in
                let cut = Array(jpeg.dropLast())
                return stream.text("--x\r\n" + header(cut)).frame(cut, late: true)
            }.text("--x").odd(.noEndOfImage),
            Stream("no EOI, the stream ends").each([jpegs[0]]) { stream, jpeg in
                let cut = Array(jpeg.dropLast(2))
                return stream.text("--x\r\n" + header(cut)).frame(cut, late: true).text("\r\n")
            },

            Stream("a delimiter and a part within a picture, right length").each(holding("\r\n--x\r\n")) { stream, jpeg in
                stream.text("--x\r\n" + header(jpeg)).frame(jpeg).text("\r\n")
            },
            Stream("a delimiter and a part within a picture, no length").each(holding("\r\n--x\r\n")) { stream, jpeg in
                stream.text("--x\r\nContent-Type: image/jpeg\r\n\r\n").frame(jpeg).text("\r\n")
            },
            Stream("a delimiter and a part within a picture, length too small").each(holding("\r\n--x\r\n")) { stream, jpeg in
                stream.text("--x\r\nContent-Length: \(jpeg.count - 1)\r\n\r\n").frame(jpeg).text("\r\n")
            },
            Stream("an upstream relay").text("--x\r\n").each(jpegs) { stream, jpeg in
                stream.text("Content-Type: image/jpeg\r\nContent-Length: \(jpeg.count)\r\nX-Timestamp: 12.5\r\n\r\n").frame(jpeg).text(
                    "\r\n--x\r\n")
            },

            Stream("JPEGs").each(jpegs) { stream, jpeg in stream.frame(jpeg) }.layout(.jpegs).odd(.barePictures),
            Stream("JPEGs, detected").each(jpegs) { stream, jpeg in stream.frame(jpeg) }.layout(.detect).odd(.barePictures),
            Stream("JPEGs in what calls itself multipart").each(jpegs) { stream, jpeg in stream.frame(jpeg) }.odd(.barePictures),
            Stream("JPEGs with bytes between").bytes([1, 2]).each(jpegs) { $0.frame($1).bytes([0, 0, 0x0D, 0x0A, 0x2D, 0x2D]) }.layout(
                .jpegs),
            Stream("JPEGs with line ends between, detected").each(jpegs) { $0.frame($1).text("\r\n") }.layout(.detect),
            Stream("multipart, detected").each(jpegs) { $0.text("--b\r\n" + header($1)).frame($1).text("\r\n") }.layout(.detect),
            Stream("multipart without first delimiter, detected").each(jpegs) { $0.text(header($1)).frame($1).text("\r\n--b\r\n") }
                .layout(.detect),
            Stream("a JPEG and then parts, detected").frame(jpegs[0]).text("\r\n").each(jpegs) { stream, jpeg in
                stream.text("--b\r\n" + header(jpeg + [0])).frame(jpeg + [0]).text("\r\n")
            }.layout(.detect),
        ]

    /// Pictures with a comment that holds a delimiter and the beginning of a part.
    static func holding(_ delimiter: String) -> [[UInt8]] {
        let inner = Array("\(delimiter)Content-Type: image/jpeg\r\n\r\n".utf8)
        return [inner, inner + [0xFF, 0xD8, 0xFF, 0xE0, 0, 1], inner + TestJPEG(seed: 5, entropyLength: 9).bytes + inner].map {
            TestJPEG(seed: 3, entropyLength: 20, comment: $0).bytes
        }
    }
}
