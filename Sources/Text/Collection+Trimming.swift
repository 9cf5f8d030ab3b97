extension BidirectionalCollection<UInt8> {
    /// These bytes without the spaces and tabs at both ends.
    @inlinable package func trimmingBlanks() -> SubSequence {
        trimming { $0.isBlank }
    }

    /// These bytes without the spaces, tabs and carriage returns at both ends.
    @inlinable package func trimmingBlanksAndReturns() -> SubSequence {
        trimming { $0.isBlank || $0 == ASCII.carriageReturn }
    }

    @inlinable func trimming(_ isOuter: (UInt8) -> Bool) -> SubSequence {
        var rest = self[...]
        while let first = rest.first, isOuter(first) { rest = rest.dropFirst() }
        while let last = rest.last, isOuter(last) { rest = rest.dropLast() }
        return rest
    }
}
