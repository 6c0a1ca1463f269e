/// Reads the elements of a DER structure one after the other (X.690 §8, §10); nil where it is not one.
package struct DERReader {
    /// One element: its tag and where its content is.
    package struct Element {
        package let tag: UInt8
        /// The element with its tag and length.
        package let whole: ArraySlice<UInt8>
        package let content: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The next element; nil at the end, or if it is not whole.
    package mutating func next() -> Element? {
        guard rest.count >= 2 else { return nil }
        let start = rest.startIndex
        let tag = rest[start]
        let first = Int(rest[start + 1])
        var at = start + 2
        var length = first
        if first & 0x80 != 0 {
            let digits = first & 0x7F
            guard (1...4).contains(digits), rest.endIndex - at >= digits else { return nil }
            length = rest[at..<(at + digits)].reduce(0) { $0 << 8 | Int($1) }
            at += digits
        }
        guard rest.endIndex - at >= length else { return nil }
        defer { rest = rest[(at + length)...] }
        return Element(tag: tag, whole: rest[start..<(at + length)], content: rest[at..<(at + length)])
    }

    /// The content of the next element if it has this tag.
    package mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard let element = next(), element.tag == tag else { return nil }
        return element.content
    }
}
