import Text

extension ValueReader {
    /// A list of up to 64 values, or a single one; `parse` returns nil for a text that is something else.
    fileprivate static func list<Element>(
        _ node: YAMLNode, _ label: String, _ reader: inout ConfigurationReader, expected: String, _ parse: (String) -> Element?
    ) -> [Element]? {
        var nodes = [node]
        if case .sequence(let items) = node.content {
            guard reader.acceptsTag(of: node) else { return nil }
            nodes = items
        }
        guard nodes.count <= 64 else {
            reader.report("\(label) holds more than 64 values", at: node.place)
            return nil
        }
        var values: [Element] = []
        for node in nodes {
            guard let text = reader.text(node, label: label, expected: expected) else { continue }
            if let value = parse(text) {
                values.append(value)
            } else {
                reader.report("\(label) must be \(expected)", at: node.place)
            }
        }
        return values.count == nodes.count ? values : nil
    }
}

extension ValueReader where Value == [AddressRange] {
    /// Addresses and ranges of proxies.
    static let addressRanges = ValueReader { node, label, reader in
        list(node, label, &reader, expected: "an IP address, a range such as 10.0.0.0/8, unix, or a list of them") { AddressRange($0) }
    }
}

extension ValueReader where Value == CORSPolicy {
    /// `*`, `none`, or origins.
    static let corsPolicy = ValueReader { node, label, reader in
        let texts = list(node, label, &reader, expected: "*, none, or a list of origins such as https://home.example") { text in
            text == "*" || text == "none" ? text : Origin.parse(text)
        }
        guard let texts else { return nil }
        if texts == ["*"] { return .anyone }
        if texts == ["none"] { return .nobody }
        guard !texts.isEmpty, !texts.contains("*"), !texts.contains("none") else {
            reader.report("\(label) must be *, none, or a list of origins such as https://home.example", at: node.place)
            return nil
        }
        return .origins(texts)
    }
}

extension ValueReader where Value == [String] {
    /// Origins, or `*`.
    static let origins = ValueReader { node, label, reader in
        list(node, label, &reader, expected: "* or a list of origins such as https://home.example") { text in
            text == "*" ? text : Origin.parse(text)
        }
    }
}

extension ValueReader where Value == [String] {
    /// Names of hosts.
    static let hostNames = ValueReader { node, label, reader in
        let expected = "a host's name without scheme and port, such as relay.example (in ASCII: xn--… for other letters), or a list of them"
        return list(node, label, &reader, expected: expected, HostName.parse)
    }
}

/// An origin in text form: scheme, host and port (RFC 6454).
private enum Origin {
    /// The origin as browsers send it, nil for anything else. It ends up in headers, so only plain bytes pass.
    static func parse(_ text: String) -> String? {
        let lower = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else { return nil }
        let host = lower.utf8.dropFirst(scheme.utf8.count)
        let isPlain = host.allSatisfy { $0.isAlphanumeric || ".-_:[]".utf8.contains($0) }
        guard isPlain, !host.isEmpty, host.count <= 260 else { return nil }
        // Browsers leave the scheme's own port out.
        let usual = scheme == "http://" ? ":80" : ":443"
        return lower.hasSuffix(usual) ? String(lower.dropLast(usual.count)) : lower
    }
}
