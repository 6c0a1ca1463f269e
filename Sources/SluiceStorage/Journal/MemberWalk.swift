import SluiceCore

/// Walks over the members of an object inside validated JSON, without copying or allocating.
struct MemberWalk: Sequence, IteratorProtocol {
    private let scanner: JSONScanner
    private var at: Int

    /// A walk over the object whose opening brace is at `offset`; over no members if none is there.
    init(_ text: UnsafeBufferPointer<UInt8>, at offset: Int = 0) {
        scanner = JSONScanner(text)
        let start = scanner.blanks(offset)
        let isObject = start < text.count && text[start] == UInt8(ascii: "{")
        at = isObject ? scanner.blanks(start + 1) : text.count
    }

    /// The next member; nil after the last.
    mutating func next() -> JSON.Place? { scanner.nextMember(&at) }
}
