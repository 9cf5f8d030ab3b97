extension YAMLNode {
    /// Reads a text that holds one YAML document; nil where it holds none, as an empty file or one of comments does.
    static func read(_ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) throws(YAMLError) -> YAMLNode? {
        let text = try YAMLText.checked(bytes, limits: limits)
        do throws(YAMLError) {
            return try text.withUnsafeBufferPointer { buffer throws(YAMLError) in
                try YAMLParser(buffer).checkLimits(limits)
                let parser = try YAMLParser(buffer)
                let document = try parser.nextDocument()
                guard !document.isEmpty else { return nil }
                let root = try document.root(limits: limits)
                let next = try parser.nextDocument()
                guard next.isEmpty else {
                    throw YAMLError(place: next.place, message: "a second document begins here; the file may hold only one")
                }
                return root
            }
        } catch {
            guard let place = error.place, YAMLText.hasTab(text, at: place) else { throw error }
            // libyaml only says that the character "cannot start any token".
            throw YAMLError(place: place, message: "a tab cannot indent YAML; use blanks")
        }
    }
}

extension YAMLDocument {
    /// The root with all that it holds, as a value.
    ///
    /// Nodes are visited depth first without recursion, and each only once however many aliases lead to it, so the time
    /// does not grow with what aliases stand for.
    func root(limits: YAMLLimits) throws(YAMLError) -> YAMLNode {
        /// What is known of a node that is done.
        struct Done {
            var value: YAMLNode
            /// Nodes in it, itself included, each as often as it is referred to.
            var count: Int
            /// Collections inside each other, itself included.
            var height: Int
        }
        /// A node whose children are being visited.
        struct Open {
            var number: Int
            var children: [Int]
            var next = 0
        }

        var done: [Int: Done] = [:]
        var isOpen: Set<Int> = [1]
        var stack = [Open(number: 1, children: children(of: 1))]
        while var top = stack.popLast() {
            if top.next < top.children.count {
                let child = top.children[top.next]
                guard !isOpen.contains(child) else {
                    throw YAMLError(place: place(of: child), message: "this value contains itself")
                }
                if let known = done[child] {
                    guard stack.count + 1 + known.height <= limits.depth else { throw .tooDeep(at: place(of: child), limits) }
                    top.next += 1
                    stack.append(top)
                } else {
                    stack.append(top)
                    stack.append(Open(number: child, children: children(of: child)))
                    isOpen.insert(child)
                }
                continue
            }
            let parts = top.children.compactMap { done[$0] }
            let count = parts.reduce(1) { $0 + $1.count }
            guard count <= limits.nodes else { throw .tooManyNodes(at: place(of: top.number), limits) }
            let value = node(top.number, children: parts.map(\.value))
            var height = parts.map(\.height).max() ?? 0
            if case .scalar = value.content {} else { height += 1 }
            guard stack.count + height <= limits.depth else { throw .tooDeep(at: value.place, limits) }
            done[top.number] = Done(value: value, count: count, height: height)
            isOpen.remove(top.number)
        }
        guard let root = done[1] else { throw YAMLError(message: "the file is empty") }
        return root.value
    }
}
