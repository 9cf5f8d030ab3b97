import MJPEG

extension Stream {
    /// Four pictures of one kind.
    private static func four(_ kind: CodedJPEG, endOfImage: Bool = false) -> [[UInt8]] {
        (0..<4).map { number in
            var kind = kind
            kind.seed += UInt64(100 * number)
            return kind.bytes(endOfImage: endOfImage)
        }
    }

    /// Pictures of which all is there but the end of image.
    static let endless = CodedJPEG.kinds.indices.flatMap { endless($0) }

    /// The same for one kind of picture.
    static func endless(_ number: Int) -> [Stream] {
        let kind = CodedJPEG.kinds[number]
        let jpegs = four(kind)
        let name = "no EOI, kind \(number)"
        func plain(_ name: String, lineEnd: String = "\r\n", _ header: ([UInt8]) -> String) -> Stream {
            Stream(name).each(jpegs) { $0.text("--x\r\n" + header($1)).frame($1, late: true).text(lineEnd) }.text("--x\r\n").odd(
                .noEndOfImage)
        }
        return [
            // All of the picture is there, and so is all of its length.
            Stream("\(name): right lengths").each(jpegs) { stream, jpeg, index in
                stream.text("--x\r\n" + header(jpeg)).frame(jpeg).text("\r\n")
            }.odd(.noEndOfImage),
            Stream("\(name): right lengths, LF").each(jpegs) { stream, jpeg, index in
                stream.text("--x\nContent-Length: \(jpeg.count)\n\n").frame(jpeg).text("\n")
            }.odd(.noEndOfImage),
            Stream("\(name): right lengths, no line end").each(jpegs) { stream, jpeg, index in
                stream.text("--x\r\n" + header(jpeg)).frame(jpeg)
            }.text("--x").odd(.noEndOfImage),
            Stream("\(name): right lengths, the next delimiter right behind").text("--x\r\n").each(jpegs) { stream, jpeg, index in
                stream.text(header(jpeg)).frame(jpeg).text("\r\n--x\r\n")
            }.odd(.noEndOfImage),
            // The delimiter's last byte tells.
            Stream("\(name): no length").text("--x\r\nContent-Type: image/jpeg\r\n\r\n").each(jpegs) { stream, jpeg in
                stream.frame(jpeg, behind: 5).text("\r\n--x\r\nContent-Type: image/jpeg\r\n\r\n")
            }.odd(.noEndOfImage),
            Stream("\(name): no length, no line end").text("--x\r\n\r\n").each(jpegs) { stream, jpeg in
                stream.frame(jpeg, behind: 3).text("--x\r\n\r\n")
            }.odd(.noEndOfImage),
            Stream("\(name): no length, delimiters with four dashes").text("----x\r\n\r\n").each(jpegs) { stream, jpeg in
                stream.frame(jpeg, behind: 7).text("\r\n----x\r\n\r\n")
            }.odd(.noEndOfImage),
            Stream("\(name): no length, another name than declared").text("--y\r\n\r\n").each(jpegs) { stream, jpeg in
                stream.frame(jpeg, late: true).text("\r\n--y\r\n\r\n")
            }.odd(.noEndOfImage),
            Stream("\(name): JPEGs").each(jpegs) { $0.frame($1, late: true) }.layout(.jpegs).odd(.noEndOfImage),
            Stream("\(name): JPEGs, detected").each(jpegs) { $0.frame($1, late: true) }.layout(.detect).odd(.noEndOfImage),
            Stream("\(name): junk behind each").each(jpegs) { stream, jpeg in
                let padded = jpeg + [0, 1, 2, 3]
                return stream.text("--x\r\n" + header(padded)).frame(padded, late: true).text("\r\n")
            }.text("--x\r\n").odd(.noEndOfImage),
            plain("\(name): unreadable lengths") { _ in "Content-Length: many\r\n\r\n" },
        ]
            + [1, 2, 3, 4, 7, 20, 400].map { difference in
                plain("\(name): lengths too large by \(difference)") { "Content-Length: \($0.count + difference)\r\n\r\n" }
            }
            + [1, 2, 3, 4, 7].map { difference in
                plain("\(name): lengths too small by \(difference)") { "Content-Length: \($0.count - difference)\r\n\r\n" }
            }
    }

    /// Pictures that have an end of image, with lengths that are right and some that are not.
    static let lengths: [Stream] = {
        let jpegs = four(CodedJPEG(seed: 30), endOfImage: true) + four(CodedJPEG(seed: 31), endOfImage: true)
        func lengths(_ name: String, _ differences: [Int], late: Set<Int>, padding: [Int: [UInt8]] = [:], odd: Quirks = []) -> Stream {
            Stream("lengths: " + name).each(jpegs) { stream, jpeg, index in
                let frame = jpeg + (padding[index] ?? [])
                return stream.text("--x\r\nContent-Length: \(frame.count + differences[index])\r\n\r\n")
                    .frame(frame, late: late.contains(index)).text("\r\n")
            }.text("--x\r\n").odd(odd)
        }
        let zeros = [UInt8](repeating: 0, count: 5)
        return [
            lengths("one too large among right ones", [0, 0, 0, 50, 0, 0, 0, 0], late: [3], odd: .lengthTooLarge),
            // Padding goes along only where lengths are believed.
            lengths(
                "padding is kept behind one that was wrong", [0, 0, 0, 50, 0, 0, 0, 0], late: [3], padding: [4: zeros, 5: zeros],
                odd: .lengthTooLarge),
            lengths("one too small among right ones", [0, 0, 0, -50, 0, 0, 0, 0], late: [], padding: [4: zeros], odd: .lengthTooSmall),
            lengths("wrong at first, then right", [9, 0, 0, 0, 0, 0, 0, 0], late: [0], padding: [5: zeros], odd: .lengthTooLarge),
            lengths("wrong from some picture on", [0, 0, 0, 0, 50, 50, 50, 50], late: [4, 5], odd: .lengthTooLarge),
            lengths("always wrong", [50, 50, 50, 50, 50, 50, 50, 50], late: [0], odd: .lengthTooLarge),
            lengths("one too large, now and then", [0, 0, 0, 1, 0, 0, 2, 0], late: [3, 6]),
            // The first goes out without its end of image, which decoders do not miss; then lengths are not believed.
            Stream("lengths: always without the end of image").text("--x\r\nContent-Length: \(jpegs[0].count - 2)\r\n\r\n")
                .frame(Array(jpegs[0].dropLast(2))).bytes([0xFF, 0xD9]).text("\r\n").each(Array(jpegs.dropFirst())) {
                    $0.text("--x\r\nContent-Length: \($1.count - 2)\r\n\r\n").frame($1).text("\r\n")
                }.odd(.lengthTooSmall),
            lengths("too small by one, then right", [-1, 0, 0, 0, 0, 0, 0, 0], late: [], odd: .lengthTooSmall),
            lengths("rounded up to four", (0..<8).map { -jpegs[$0].count & 3 }, late: Set(0..<8)),
        ]
    }()

    /// A picture that was cut, between others that must go out as if it had not been there.
    static let cuts: [Stream] = {
        let jpegs = four(CodedJPEG(sampling: [(2, 1), (1, 1), (1, 1)], seed: 40), endOfImage: true)
        let rest = Array(jpegs[1].dropLast(40))
        // Padding goes along only where lengths are believed.
        func cut(_ name: String, _ header: String, after: String = "\r\n", padding: [UInt8] = [0, 0, 0]) -> Stream {
            Stream("cut: " + name).text("--x\r\n" + Stream.header(jpegs[0])).frame(jpegs[0]).text("\r\n--x\r\n" + header).bytes(rest)
                .text(after + "--x\r\n").text(Stream.header(jpegs[2] + padding)).frame(jpegs[2] + padding)
                .text("\r\n--x\r\n" + Stream.header(jpegs[3] + padding)).frame(jpegs[3] + padding).text("\r\n").dropping(1)
        }
        return [
            cut("with its own length", header(rest)),
            cut("with its own length, no line end", header(rest), after: ""),
            cut("with the length of the whole", header(jpegs[1])),
            cut("with a length too large by one", "Content-Length: \(rest.count + 1)\r\n\r\n"),
            cut("with a length too small", "Content-Length: \(rest.count - 9)\r\n\r\n", padding: []),
            cut("without a length", "Content-Type: image/jpeg\r\n\r\n"),
        ]
    }()
}
