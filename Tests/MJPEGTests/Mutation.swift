import TestSupport

/// Changes to pictures as careless cameras and bad lines make them.
enum Mutation {
    /// One of some pictures with one to three changes; the same for the same seed.
    static func picture(of originals: [[UInt8]], seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        var jpeg = originals[Int.random(in: originals.indices, using: &random)]
        for _ in 0..<Int.random(in: 1...3, using: &random) { change(&jpeg, &random) }
        return jpeg
    }

    /// The same without its end of image, which may be all that is missing: half of them are cut before.
    static func endless(of originals: [[UInt8]], seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed &+ 1_000_000)
        var jpeg = originals[Int.random(in: originals.indices, using: &random)]
        let data = scanPlace(jpeg)..<(jpeg.count - 2)
        if Bool.random(using: &random), data.count > 1 {
            // At least one byte of the scan is left.
            jpeg.removeSubrange(Int.random(in: (data.lowerBound + 1)..<data.upperBound, using: &random)..<data.upperBound)
        }
        if Int.random(in: 0..<4, using: &random) == 0 { insertFiller(&jpeg, &random) }
        jpeg.removeLast(2)
        return jpeg
    }

    private static func change(_ jpeg: inout [UInt8], _ random: inout SeededRandom) {
        guard jpeg.count > 8 else { return }
        let place = Int.random(in: 2..<(jpeg.count - 2), using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3: insertFiller(&jpeg, &random)
        case 4: jpeg[place] = UInt8.random(in: 0...255, using: &random)
        case 5:
            // A segment's length that is wrong by little.
            guard let segment = Stream.segmentPlaces(jpeg).randomElement(using: &random), segment + 3 < jpeg.count else { return }
            jpeg[segment + 3] &+= UInt8.random(in: 0...8, using: &random) &- 4
        case 6: jpeg.removeSubrange(place..<min(jpeg.count - 2, place + Int.random(in: 1...12, using: &random)))
        case 7: jpeg += (0..<Int.random(in: 1...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        case 8:
            // A segment twice.
            let places = Stream.segmentPlaces(jpeg)
            guard let index = places.indices.dropLast().randomElement(using: &random), places[index + 1] <= jpeg.count else { return }
            jpeg.insert(contentsOf: jpeg[places[index]..<places[index + 1]], at: places[index])
        default:
            jpeg.insert(
                contentsOf: (0..<Int.random(in: 1...6, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }, at: place)
        }
    }

    /// Bytes of every sort before a segment or before the end of image.
    private static func insertFiller(_ jpeg: inout [UInt8], _ random: inout SeededRandom) {
        let places = Stream.segmentPlaces(jpeg) + [max(2, jpeg.count - 2)]
        guard let place = places.randomElement(using: &random), place <= jpeg.count else { return }
        let count = Int.random(in: 1...700, using: &random)
        let filler: [UInt8] =
            switch Int.random(in: 0..<6, using: &random) {
            case 0: [UInt8](repeating: 0, count: count)
            case 1: [UInt8](repeating: 0xFF, count: count)
            case 2: (0..<count).map { _ in UInt8.random(in: 0...254, using: &random) }
            case 3: Array("\r\n--frame\r\n".utf8)
            case 4: [0xFF, 0, 0xFF, UInt8.random(in: 0xD0...0xD7, using: &random)]
            default: (0..<Int.random(in: 1...5, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
        jpeg.insert(contentsOf: filler, at: place)
    }

    /// Where the data of the first scan begins.
    private static func scanPlace(_ jpeg: [UInt8]) -> Int {
        guard let scan = Stream.segmentPlaces(jpeg).last, scan + 3 < jpeg.count else { return 0 }
        return scan + 2 + Int(jpeg[scan + 2]) << 8 + Int(jpeg[scan + 3])
    }
}
