import SluiceCore

/// Walks over the members of an object inside validated JSON, without copying or allocating.
struct MemberWalk {
    /// Where a member stands in the bytes that are walked over.
    struct Member {
        /// The name between its quotes, as written.
        let name: Range<Int>
        /// The value.
        let value: Range<Int>
        /// Name and value together.
        var range: Range<Int> { name.lowerBound - 1..<value.upperBound }
    }

    private let text: UnsafeBufferPointer<UInt8>
    private let scanner: JSONScanner
    private var at: Int

    /// A walk over the object whose opening brace is at `offset`; over no members if none is there.
    init(_ text: UnsafeBufferPointer<UInt8>, at offset: Int = 0) {
        self.text = text
        scanner = JSONScanner(text)
        let start = scanner.blanks(offset)
        let isObject = start < text.count && text[start] == UInt8(ascii: "{")
        at = isObject ? scanner.blanks(start + 1) : text.count
    }

    /// The next member; nil after the last.
    mutating func next() -> Member? {
        guard at < text.count, text[at] == UInt8(ascii: "\"") else { return nil }
        let nameEnd = scanner.skip(at)
        let value = scanner.blanks(scanner.blanks(nameEnd) + 1)
        let valueEnd = scanner.skip(value)
        guard nameEnd - at >= 2, valueEnd > value else { return nil }
        let member = Member(name: at + 1..<nameEnd - 1, value: value..<valueEnd)
        at = scanner.blanks(valueEnd)
        if at < text.count, text[at] == UInt8(ascii: ",") { at = scanner.blanks(at + 1) }
        return member
    }

    /// Whether a name is exactly this text; escapes in the name are resolved if there are any.
    func isNamed(_ member: Member, _ wanted: [UInt8]) -> Bool {
        let name = UnsafeBufferPointer(rebasing: text[member.name])
        guard name.count >= wanted.count else { return false }
        if name.count == wanted.count { return name.elementsEqual(wanted) }
        guard name.contains(UInt8(ascii: "\\")) else { return false }
        let quoted = Bytes(Array(text[member.range.lowerBound...member.name.upperBound]))
        guard let json = try? JSON.parse(quoted) else { return false }
        return json.string.map { $0.utf8.elementsEqual(wanted) } ?? false
    }

    /// Whether a name is written as exactly this text, without escapes.
    @inline(__always)
    func isNamed(_ member: Member, _ wanted: StaticString) -> Bool {
        guard member.name.count == wanted.utf8CodeUnitCount, let base = text.baseAddress else { return false }
        for index in 0..<member.name.count where base[member.name.lowerBound + index] != wanted.utf8Start[index] {
            return false
        }
        return true
    }
}
