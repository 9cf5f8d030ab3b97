/// Something in the file that takes a port or an address.
struct PortUse {
    /// nil for a source's own port, which is opened on every host.
    var address: ListenAddress?
    /// nil for an address without one.
    var port: Int?
    /// Who takes it, for messages.
    var owner: String
    /// nil for the built-in address.
    var place: Place?

    /// Whether the other cannot be bound where this address is.
    func excludes(_ other: PortUse) -> Bool {
        guard let address, let otherAddress = other.address else { return port != nil && port == other.port }
        return address.overlaps(otherAddress)
    }
}

extension Array {
    /// The elements in the order of their places, those without one first; elements at the same place keep their order.
    func sortedByPlace(_ place: (Element) -> Place?) -> [Element] {
        let start = Place(line: 0, column: 0)
        return enumerated()
            .sorted { (place($0.element) ?? start, $0.offset) < (place($1.element) ?? start, $1.offset) }
            .map(\.element)
    }
}
