#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension UnsafeRawBufferPointer {
    /// The first position of `byte` from `start` on. Uses the C library's search, which reads many bytes at once; the walk of pictures
    /// depends on its speed.
    @inline(__always)
    func position(of byte: UInt8, from start: Int = 0) -> Int? {
        guard let baseAddress, start < count else { return nil }
        guard let hit = memchr(baseAddress + start, Int32(byte), count - start) else { return nil }
        return UnsafeRawPointer(hit) - baseAddress
    }

    /// The first position of the bytes of `pattern` from `start` on.
    func position(of pattern: [UInt8], from start: Int) -> Int? {
        guard let first = pattern.first else { return nil }
        var index = start
        while let hit = position(of: first, from: index), hit + pattern.count <= count {
            if rest(from: hit).first(pattern.count).elementsEqual(pattern) { return hit }
            index = hit + 1
        }
        return nil
    }

    /// The first `length` bytes, or all where there are fewer. Cheaper than a slice, which matters for small reads.
    @inline(__always)
    func first(_ length: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: baseAddress, count: Swift.max(0, Swift.min(length, count)))
    }

    /// The bytes from `start` on, which is at most the count.
    @inline(__always)
    func rest(from start: Int) -> UnsafeRawBufferPointer {
        guard let baseAddress, start >= 0, start <= count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: baseAddress + start, count: count - start)
    }
}
