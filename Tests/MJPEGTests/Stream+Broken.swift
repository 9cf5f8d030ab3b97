import MJPEG

extension Stream {
    /// Pictures that must not go out, and their neighbours that must.
    static let broken: [Stream] = {
        let (first, second, third) = (jpegs[0], jpegs[2], jpegs[1])
        func with(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var jpeg = first
            change(&jpeg)
            return jpeg
        }
        let scan = first.count - 20
        let spoilt: [(String, [UInt8])] = [
            ("no picture size", TestJPEG(width: 0, entropyLength: 50).bytes),
            ("no height", TestJPEG(height: 0, entropyLength: 50).bytes),
            ("only start and end", [0xFF, 0xD8, 0xFF, 0xD9]),
            ("tables only", [0xFF, 0xD8] + TestJPEG.segment(0xDB, [UInt8](repeating: 1, count: 65)) + [0xFF, 0xD9]),
            ("a start of image within the scan", with { $0[scan...(scan + 1)] = [0xFF, 0xD8] }),
            ("a reserved marker within the scan", with { $0[scan...(scan + 1)] = [0xFF, 0x22] }),
            ("tables shorter than their length field", with { $0[23] = 1 }),
            ("a segment that is too long", with { $0[5] += 1 }),
        ]
        let dropped = spoilt.flatMap { name, jpeg in
            [true, false].map { hasLength in
                Stream("broken: \(name)\(hasLength ? "" : ", no length")").text("--x\r\n" + header(second)).frame(second)
                    .text("\r\n--x\r\n" + (hasLength ? header(jpeg) : "\r\n")).bytes(jpeg)
                    .text("\r\n--x\r\n" + header(third)).frame(third).text("\r\n").dropping(1).odd(.brokenPicture)
            }
        }
        let cut = stride(from: 3, to: first.count, by: 1).flatMap { length in
            [true, false].map { hasLength in
                Stream("cut at \(length)\(hasLength ? ", length of the whole" : "")").text("--x\r\n")
                    .text(hasLength ? header(first) : "Content-Type: image/jpeg\r\n\r\n").bytes(Array(first.prefix(length)))
                    .text("\r\n--x\r\n" + header(second)).frame(second, late: true).text("\r\n--x\r\n" + header(third)).frame(
                        third, late: true
                    ).text("\r\n")
                    .dropping(1)
            }
        }
        return dropped + cut + [
            Stream("the stream ends within a picture").text("--x\r\n" + header(first)).frame(first)
                .text("\r\n--x\r\n" + header(second)).bytes(second.dropLast(3)).dropping(1),
            Stream("the stream ends within a picture without length").text("--x\r\n\r\n").frame(first)
                .text("\r\n--x\r\n\r\n").bytes(second.dropLast()).dropping(1),
            Stream("the stream ends before the length, behind EOI").text("--x\r\n" + header(first + [1, 2, 3])).frame(first, late: true)
                .bytes([1, 2]),
            Stream("JPEGs, one cut in its scan").frame(first).bytes(second.dropLast(9)).frame(third).frame(first)
                .layout(.jpegs).dropping(1),
            Stream("JPEGs, one broken").frame(first).bytes(spoilt[5].1).frame(third).layout(.jpegs).dropping(1),
            Stream("two cut ones in a row").text("--x\r\n\r\n").bytes(Array(first.prefix(30))).text("\r\n--x\r\n\r\n")
                .bytes(Array(first.prefix(100))).text("\r\n--x\r\n\r\n").frame(third).dropping(2),
        ]
    }()
}
