import CameraURL
import Text

/// WS-Discovery's question for cameras, and the answers, of which only the addresses and the name are looked for: it reads no XML beyond
/// that.
enum OnvifMessage {
    /// Addresses of one answer that are looked at.
    private static let maxAddresses = 16

    static func question() -> [UInt8] {
        let digits = (0..<32).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in String(digits.dropFirst(range.lowerBound).prefix(range.count))
        }
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>\
            <e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" \
            xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">\
            <e:Header><w:MessageID>uuid:\(parts.joined(separator: "-"))</w:MessageID>\
            <w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>\
            <w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>\
            <e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>
            """
        return Array(text.utf8)
    }

    /// The cameras that an answer names: one, at the first of its addresses that is an IPv4 one, else at the first that can be read.
    static func finds(in message: [UInt8]) -> [NetworkFind] {
        let text = String(decoding: message, as: UTF8.self)
        guard text.contains("ProbeMatch") else { return [] }
        let urls = content(of: "XAddrs", in: text).split(whereSeparator: \.isWhitespace).prefix(maxAddresses)
            .compactMap { try? CameraURL(String($0)) }
        guard let url = urls.first(where: { !$0.host.contains(":") }) ?? urls.first else { return [] }
        var words: [String] = []
        for scope in content(of: "Scopes", in: text).split(whereSeparator: \.isWhitespace) {
            for kind in ["/name/", "/hardware/"] {
                guard let range = scope.range(ofText: "onvif.org\(kind)") else { continue }
                let word = String(decoding: PercentCoding.decode(scope[range...].utf8), as: UTF8.self).shown(limit: 40)
                if !words.contains(word) { words.append(word) }
            }
        }
        return [NetworkFind(kind: .onvif, host: url.host.shown(), port: url.port, name: words.prefix(2).joined(separator: " "))]
    }

    /// What stands in the first element of a name, whatever its prefix; empty where there is none.
    private static func content(of name: String, in text: String) -> Substring {
        for start in [":\(name)", "<\(name)"] {
            guard let open = text.range(ofText: start), let close = text[open...].firstIndex(of: ">") else { continue }
            let rest = text[text.index(after: close)...]
            return rest.prefix { $0 != "<" }
        }
        return ""
    }
}

extension StringProtocol {
    /// Where the first occurrence of a text ends.
    fileprivate func range(ofText wanted: String) -> Index? {
        firstRange(of: wanted)?.upperBound
    }
}
