import MJPEG

extension Stream {
    /// Three pictures that the tables below are made of.
    static let jpegs = [
        TestJPEG(seed: 1, entropyLength: 30).bytes,
        TestJPEG(seed: 2, entropyLength: 20, isProgressive: true, fill: 1).bytes,
        TestJPEG(
            seed: 3, entropyLength: 45, hasRestarts: true, hasHuffmanTables: false, thumbnail: TestJPEG(seed: 4, entropyLength: 9).bytes
        )
        .bytes,
    ]

    /// Header lines of a part with the right length.
    static func header(_ jpeg: [UInt8]) -> String {
        "Content-Type: image/jpeg\r\nContent-Length: \(jpeg.count)\r\n\r\n"
    }

    /// Each picture behind `before`, with a right length and with none, `after` behind it.
    static func delimited(_ name: String, boundary: String?, _ before: String, after: String = "\r\n", odd: Quirks = []) -> [Stream] {
        [true, false].map { hasLength in
            Stream(name + (hasLength ? "" : ", no lengths"), boundary: boundary).each(jpegs) { stream, jpeg in
                stream.text(before + (hasLength ? header(jpeg) : "Content-Type: image/jpeg\r\n\r\n")).frame(jpeg).text(after)
            }.odd(odd)
        }
    }

    /// How delimiters and boundaries come.
    static let boundaries: [Stream] = [
        delimited("plain", boundary: "frame", "--frame\r\n"),
        delimited("declared with its dashes", boundary: "--myboundary", "--myboundary\r\n", odd: .declaredDashes),
        delimited("declared with dashes, sent with four", boundary: "--gc0p4Jq0M", "----gc0p4Jq0M\r\n"),
        delimited("one dash declared, three sent", boundary: "-abc", "---abc\r\n"),
        delimited("one dash declared, one sent", boundary: "-abc", "-abc\r\n", odd: .bareDelimiter),
        delimited("double quotes", boundary: "\"MOBOTIX_Fast_Serverpush\"", "--MOBOTIX_Fast_Serverpush\r\n"),
        delimited("single quotes", boundary: "'IPC boundary'", "--IPC boundary\r\n"),
        delimited("quotes that are sent", boundary: "\"q\"", "--\"q\"\r\n", odd: .otherBoundary),
        delimited("quoted, all dashes, bare", boundary: "\"---osclivepreview---\"", "---osclivepreview---\r\n", odd: .closingDelimiter),
        delimited("blanks around", boundary: "  frame ", "--frame  \r\n"),
        delimited("blanks inside, ends in dashes", boundary: "video boundary--", "--video boundary--\r\n", odd: .closingDelimiter),
        delimited("closing-looking", boundary: "data-boundary", "--data-boundary--\r\n", odd: .closingDelimiter),
        delimited("closing-looking, undeclared", boundary: nil, "--data-boundary--\r\n", odd: .closingDelimiter),
        delimited("none declared", boundary: nil, "--ffmpeg\r\n", odd: .undeclaredBoundary),
        delimited("empty declaration", boundary: "\"\"", "--ffmpeg\r\n", odd: .undeclaredBoundary),
        delimited("only dashes", boundary: "--", "--\r\n"),
        delimited("other name", boundary: "BoundaryString", "--something else\r\n", odd: .otherBoundary),
        delimited("longer name than declared", boundary: "abc", "--abcdef\r\n"),
        delimited("shorter name than declared", boundary: "abcdef", "--abc\r\n", odd: .otherBoundary),
        delimited("name beginning with a blank", boundary: nil, "-- blank\r\n"),
        delimited("bare", boundary: "myboundary", "myboundary\r\n", odd: .bareDelimiter),
        delimited("bare, undeclared", boundary: nil, "myboundary\r\n", odd: .missingDelimiter),
        delimited("no delimiter at all", boundary: "x", "", odd: .missingDelimiter),
        delimited("twice", boundary: "foscam", "--foscam\r\n--foscam\r\n", odd: .doubledDelimiter),
        delimited("twice with a blank line between", boundary: "foscam", "--foscam\r\n\r\n--foscam\r\n", odd: .emptyPart),
        delimited("thrice", boundary: nil, "--foscam\r\n--foscam\r\n--foscam\r\n", odd: .doubledDelimiter),
        delimited("closing and opening", boundary: "x", "--x--\r\n--x\r\n", odd: .closingDelimiter),
        delimited("closing, blank line, opening", boundary: "x", "--x--\r\n\r\n--x\r\n", odd: .closingDelimiter),
        delimited("no line end before", boundary: "frame", "--frame\r\n", after: ""),
        delimited("no line end before, undeclared", boundary: nil, "--frame\r\n", after: ""),
        delimited("LF before", boundary: "frame", "--frame\r\n", after: "\n"),
        delimited("three line ends before", boundary: "frame", "--frame\r\n", after: "\r\n\r\n\r\n"),
        delimited("header right behind", boundary: "frame", "--frame", odd: .headerBehindDelimiter),
        delimited("header right behind, undeclared", boundary: nil, "--viseron", odd: .headerBehindDelimiter),
        delimited("header right behind, other name", boundary: "y", "--viseron", odd: .headerBehindDelimiter),
        delimited("regular expression", boundary: "a.*[b]+(c)?^$|\\d", "--a.*[b]+(c)?^$|\\d\r\n"),
        delimited("repeats within", boundary: "aabaabaac", "--aabaabaac\r\n"),
        delimited("dashes within", boundary: "----a--b-----c", "------a--b-----c\r\n"),
        delimited("not ASCII", boundary: nil, "--größe\r\n"),
        [
            delimitedOnce("no delimiter before the first part", boundary: "frame", first: "", then: "\r\n--frame\r\n"),
            delimitedOnce("no delimiter before the first part, undeclared", boundary: nil, first: "", then: "\r\n--frame\r\n"),
            delimitedOnce("no delimiter before the first part, other name", boundary: "no", first: "", then: "\r\n--frame\r\n"),
            delimitedOnce("line ends first", boundary: "frame", first: "\r\n--frame\r\n", then: "\r\n--frame\r\n"),
            delimitedOnce("many line ends first", boundary: nil, first: "\n\r\n\n--frame\r\n", then: "\r\n--frame\r\n"),
            delimitedOnce("preamble", boundary: "f", first: "This is: multipart\r\nfor you\r\n--f\r\n", then: "\r\n--f\r\n"),
            delimitedOnce("preamble, undeclared", boundary: nil, first: "Read this\r\n\r\n--f\r\n", then: "\r\n--f\r\n"),
            delimitedOnce("preamble with dashes", boundary: "f", first: "-- hello --\r\nyou\r\n\r\n--f\r\n", then: "\r\n--f\r\n"),
            delimitedOnce("preamble with dashes, undeclared", boundary: nil, first: "-- hello\r\n--f\r\n", then: "\r\n--f\r\n"),
            delimitedOnce("dashes vary", boundary: "f", first: "--f\r\n", then: "\r\n------f\r\n"),
            delimitedOnce("dashes vary, undeclared", boundary: nil, first: "----f\r\n", then: "\r\n--f\r\n"),
            delimitedOnce("first one closing-looking", boundary: nil, first: "--f--\r\n", then: "\r\n--f\r\n"),
            Stream("line ends are LF", boundary: "f").each(jpegs) { stream, jpeg in
                stream.text("--f\nContent-Type: image/jpeg\nContent-Length: \(jpeg.count)\n\n").frame(jpeg).text("\n")
            }.odd(.lineFeeds),
            Stream("a later preamble that looks like a picture's header", boundary: "f").text("--f\r\n" + header(jpegs[0])).frame(jpegs[0])
                .text("\r\n--f--\r\nepilogue: yes\r\n\r\n--f\r\n" + header(jpegs[1])).frame(jpegs[1]),
        ],
    ].flatMap { $0 }

    /// Pictures without lengths, the first behind another delimiter than the rest.
    static func delimitedOnce(_ name: String, boundary: String?, first: String, then: String) -> Stream {
        Stream(name, boundary: boundary).each(jpegs) { stream, jpeg, index in
            stream.text((index == 0 ? first : then) + "Content-Type: image/jpeg\r\n\r\n").frame(jpeg)
        }
    }
}
