/// A queue whose front is looked at often.
struct FIFO<Element> {
    private var elements: [Element] = []
    private var head = 0

    var first: Element? { head < elements.count ? elements[head] : nil }
    var isEmpty: Bool { head >= elements.count }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func removeFirst() {
        head += 1
        if head > 512, head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
    }
}
