import Text

/// DNS messages as multicast DNS exchanges them (RFC 6762, RFC 1035): one question for a name's addresses, and the answers.
struct MulticastMessage {
    /// An address in a message: 4 or 16 bytes.
    typealias Address = [UInt8]

    private static let a: UInt16 = 1
    private static let aaaa: UInt16 = 28
    /// Labels of one name; more is a loop.
    private static let maxLabels = 128
    /// Records of one message that are looked at.
    private static let maxRecords = 256

    /// Labels in lower case.
    private let name: [[UInt8]]
    private let id: UInt16

    /// Nil where `host` cannot stand in a question.
    init?(host: String, id: UInt16) {
        name = host.lowercased().utf8.split(separator: UInt8(ascii: ".")).map { Array($0) }
        self.id = id
        guard !name.isEmpty, name.allSatisfy({ $0.count <= 63 }), name.reduce(0, { $0 + $1.count + 1 }) < 255 else { return nil }
    }

    /// The question for addresses of both families.
    var question: [UInt8] {
        var bytes: [UInt8] = [UInt8(id >> 8), UInt8(id & 255), 0, 0, 0, 2, 0, 0, 0, 0, 0, 0]
        for type in [Self.a, Self.aaaa] {
            for label in name { bytes += [UInt8(label.count)] + label }
            bytes += [0, 0, UInt8(type), 0, 1]
        }
        return bytes
    }

    /// The addresses of the name that an answer holds; none where it is no answer to the question.
    func addresses(in message: [UInt8]) -> [Address] {
        var reader = Reader(bytes: message)
        guard let id = reader.number(), id == self.id || id == 0, let flags = reader.number(), flags & 0x8000 != 0,
            let questions = reader.number(), let answers = reader.number(), let authorities = reader.number(),
            let additional = reader.number()
        else { return [] }
        for _ in 0..<min(Int(questions), Self.maxRecords) {
            guard reader.name() != nil, reader.number() != nil, reader.number() != nil else { return [] }
        }
        var addresses: [Address] = []
        for _ in 0..<min(Int(answers) + Int(authorities) + Int(additional), Self.maxRecords) {
            guard let owner = reader.name(), let type = reader.number(), let kind = reader.number(), reader.number() != nil,
                reader.number() != nil, let length = reader.number(), let data = reader.take(Int(length))
            else { break }
            // The class's top bit says that the answer replaces others.
            guard owner == name, kind & 0x7FFF == 1 else { continue }
            if type == Self.a && data.count == 4 || type == Self.aaaa && data.count == 16 { addresses.append(Array(data)) }
        }
        return addresses
    }

    /// Walks a message from its start to its end.
    struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8], position: Int = 0) {
            self.bytes = bytes
            self.position = position
        }

        mutating func number() -> UInt16? {
            take(2).map { $0.reduce(0) { $0 << 8 | UInt16($1) } }
        }

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard count >= 0, bytes.count - position >= count else { return nil }
            defer { position += count }
            return bytes[position..<(position + count)]
        }

        /// A name in lower case, its pointers followed.
        mutating func name() -> [[UInt8]]? {
            var labels: [[UInt8]] = []
            var place = position
            var isBehindPointer = false
            for _ in 0..<MulticastMessage.maxLabels {
                guard place < bytes.count else { return nil }
                let length = Int(bytes[place])
                if length >= 0xC0 {
                    guard place + 1 < bytes.count else { return nil }
                    if !isBehindPointer { position = place + 2 }
                    isBehindPointer = true
                    place = (length & 0x3F) << 8 | Int(bytes[place + 1])
                } else if length == 0 {
                    if !isBehindPointer { position = place + 1 }
                    return labels
                } else {
                    guard length <= 63, bytes.count - place > length else { return nil }
                    labels.append(bytes[(place + 1)...(place + length)].map(\.lowercased))
                    place += length + 1
                }
            }
            return nil
        }
    }
}
