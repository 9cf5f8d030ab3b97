import Text

/// A question of multicast DNS for all that offer a service, and the answers (RFC 6763).
struct ServiceMessage {
    private static let (a, ptr, srv): (UInt16, UInt16, UInt16) = (1, 12, 33)
    /// Records of one message that are looked at.
    private static let maxRecords = 256

    private let service: [[UInt8]]
    private let id: UInt16

    init(service: String, id: UInt16) {
        self.service = service.utf8.split(separator: UInt8(ascii: ".")).map { Array($0) }
        self.id = id
    }

    var question: [UInt8] {
        var bytes: [UInt8] = [UInt8(id >> 8), UInt8(id & 255), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        for label in service { bytes += [UInt8(label.count)] + label }
        return bytes + [0, 0, UInt8(Self.ptr), 0, 1]
    }

    /// Who offers it, as far as an answer says where; none where it is no answer to the question.
    func finds(in message: [UInt8]) -> [NetworkFind] {
        var reader = MulticastMessage.Reader(bytes: message)
        guard let id = reader.number(), id == self.id || id == 0, let flags = reader.number(), flags & 0x8000 != 0,
            let questions = reader.number(), let answers = reader.number(), let authorities = reader.number(),
            let additional = reader.number()
        else { return [] }
        for _ in 0..<min(Int(questions), Self.maxRecords) {
            guard reader.name() != nil, reader.number() != nil, reader.number() != nil else { return [] }
        }
        // Names are compared in lower case, and shown as they are written.
        var offered: [[[UInt8]]: [UInt8]] = [:]
        var places: [(instance: [[UInt8]], host: [[UInt8]], port: Int)] = []
        var addresses: [[[UInt8]]: String] = [:]
        for _ in 0..<min(Int(answers) + Int(authorities) + Int(additional), Self.maxRecords) {
            guard let owner = reader.name(), let type = reader.number(), reader.number() != nil, reader.number() != nil,
                reader.number() != nil, let length = reader.number(), let data = reader.take(Int(length))
            else { break }
            var inside = MulticastMessage.Reader(bytes: message, position: data.startIndex)
            switch type {
            case Self.ptr where owner == service:
                if let instance = inside.name() { offered[instance] = data.first.map { Array(data.dropFirst().prefix(Int($0))) } }
            case Self.srv:
                if inside.number() != nil, inside.number() != nil, let port = inside.number(), let host = inside.name() {
                    places.append((owner, host, Int(port)))
                }
            case Self.a where data.count == 4:
                addresses[owner] = data.map { String($0) }.joined(separator: ".")
            default: break
            }
        }
        return places.compactMap { place in
            guard let label = offered[place.instance], place.port > 0 else { return nil }
            let name = String(decoding: label, as: UTF8.self).shown(limit: 60)
            let host = addresses[place.host] ?? place.host.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".").shown()
            guard !host.isEmpty else { return nil }
            return NetworkFind(kind: .http, host: host, port: place.port, name: name)
        }
    }
}
