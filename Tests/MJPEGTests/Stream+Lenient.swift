import MJPEG

extension Stream {
    /// Pictures that a standard forbids and every decoder shows, each between two plain ones, with a length and without.
    static let lenient: [Stream] = odd.flatMap { name, jpeg in
        let (first, third) = (CodedJPEG(seed: 20).bytes(), CodedJPEG(seed: 21).bytes())
        return [true, false].map { hasLength in
            Stream("odd: \(name)\(hasLength ? "" : ", no length")").each([first, jpeg, third]) { stream, jpeg in
                stream.text("--x\r\n" + (hasLength ? header(jpeg) : "Content-Type: image/jpeg\r\n\r\n")).frame(jpeg).text("\r\n")
            }.odd(.fillerInPicture)
        } + [Stream("odd: \(name), no parts").frame(first).frame(jpeg).frame(third).layout(.jpegs).odd(.fillerInPicture)]
    }

    /// What libjpeg passes over, with a warning at most.
    private static let odd: [(String, [UInt8])] = {
        let jpeg = CodedJPEG(sampling: [(2, 1), (1, 1), (1, 1)], seed: 22).bytes()
        let places = segmentPlaces(jpeg)
        func with(_ filler: [UInt8], at place: Int) -> [UInt8] { Array(jpeg[..<place]) + filler + jpeg[place...] }
        let fillers: [(String, [UInt8])] = [
            ("a comment, zeros, a comment", comment(30) + [UInt8](repeating: 0, count: 608) + comment(3)),
            ("a byte", [0x41]), ("a line end", [0x0D, 0x0A]), ("text", Array("--hello\r\nX: y\r\n\r\n".utf8)),
            ("stuffed zeros", [0xFF, 0, 0xFF, 0, 0xFF, 0xFF, 0]), ("restart markers", [0xFF, 0xD0, 0xFF, 0xD7, 0xFF, 0x01]),
            ("a byte and fill bytes", [0x00, 0xFF, 0xFF, 0xFF]), ("an empty comment with length 0, and a byte", [0xFF, 0xFE, 0, 0, 0x41]),
            ("a comment with length 1 and more", [0xFF, 0xFE, 0, 1, 0x41, 0x42]),
            ("a comment that is longer than its length", [0xFF, 0xFE, 0, 5, 0x41, 0x42, 0x43, 0x44, 0x45]),
        ]
        let placed = fillers.flatMap { name, filler in
            places.enumerated().map { ("\(name) before segment \($0)", with(filler, at: $1)) }
        }.enumerated().filter { $0.offset < places.count || $0.offset % 3 == 0 }.map(\.element)
        let end = jpeg.count - 2
        return placed + [
            ("a header segment that is shorter than its length field", jpeg.enumerated().map { $0 == 5 ? 1 : $1 }),
            ("no first segment, but what is left of it", [0xFF, 0xD8, 0xFF, 0x00] + jpeg.dropFirst(4)),
            ("a number of lines behind the scan, and filler", with([0xFF, 0xDC, 0, 4, 0, 30, 0x41], at: end)),
        ]
    }()

    /// Where the segments of a picture begin, the first scan's included.
    static func segmentPlaces(_ jpeg: [UInt8]) -> [Int] {
        var places = [2]
        while let place = places.last, place + 3 < jpeg.count, jpeg[place + 1] != 0xDA {
            places.append(place + 2 + Int(jpeg[place + 2]) << 8 + Int(jpeg[place + 3]))
        }
        return places
    }

    private static func comment(_ length: Int) -> [UInt8] {
        TestJPEG.segment(0xFE, [UInt8](repeating: 0x43, count: length))
    }
}
