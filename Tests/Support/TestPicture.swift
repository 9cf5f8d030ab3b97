import Foundation

/// Small real JPEGs, each with its number in a comment, so that frames are distinct, can be counted and still decode.
package enum TestPicture {
    /// 16 × 16 pixels of one colour, baseline.
    private static let base = Array(
        Data(
            base64Encoded: """
                /9j/4AAQSkZJRgABAgAAAQABAAD/2wBDAAgoKC8oLzc3Nzc3N0E8QUNDQ0FBQUFDQ0NISEhVVVVISEhDQ0hIUFBVVVxfXFdXVVdfX2RkZHh4c3OMjJGsrM//\
                xABMAAEBAAAAAAAAAAAAAAAAAAAABgEBAQAAAAAAAAAAAAAAAAAABQYQAQAAAAAAAAAAAAAAAAAAAAARAQAAAAAAAAAAAAAAAAAAAAD/wAARCAAQABADASIAAhEA\
                AxEA/9oADAMBAAIRAxEAPwCdAVQB/9k=
                """) ?? Data())
    private static let marker = Array("test picture ".utf8)

    /// The picture with this number, at least `size` bytes long.
    ///
    /// The filling holds ends of image, delimiters and line ends, none of which ends a JPEG within a comment.
    package static func jpeg(_ number: Int, size: Int = 0) -> [UInt8] {
        var picture = Array(base[..<2]) + comment(marker + Array("\(number) \(size);".utf8))
        while picture.count + base.count < size {
            picture += comment(filling(number, count: min(60_000, max(0, size - picture.count - base.count))))
        }
        return picture + base[2...]
    }

    /// The number of a picture made by ``jpeg(_:size:)``; nil if it is none, or not the same to the last byte.
    package static func number(of jpeg: some Collection<UInt8>) -> Int? {
        let jpeg = Array(jpeg)
        guard jpeg.dropFirst(6).starts(with: marker) else { return nil }
        let text = String(decoding: jpeg.dropFirst(6 + marker.count).prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
        let numbers = text.split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 2, numbers[1] <= jpeg.count, Self.jpeg(numbers[0], size: numbers[1]) == jpeg else { return nil }
        return numbers[0]
    }

    private static func comment(_ text: [UInt8]) -> [UInt8] {
        let length = text.count + 2
        return [0xFF, 0xFE, UInt8(length >> 8), UInt8(length & 0xFF)] + text
    }

    private static func filling(_ number: Int, count: Int) -> [UInt8] {
        let pattern = [0xFF, 0xD9] + Array("\r\n--camera\r\n\(number)\r\n\r\n".utf8) + [0xFF, 0xD8, 0xFF, 0xD9, 0x00, 0xFF, 0x00]
        var filling: [UInt8] = []
        filling.reserveCapacity(count + pattern.count)
        while filling.count < count { filling += pattern }
        return Array(filling[..<count])
    }
}
