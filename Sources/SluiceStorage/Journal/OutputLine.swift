import SluiceCore

/// What a line of an existing output is.
enum OutputLine: Equatable {
    /// An answer that Sluice wrote, to the row with this hash; `asked` is where its text names the model, as JSON, if it
    /// was one of several that were asked.
    case finished(RowHash, asked: Range<Int>?)
    /// JSON that somebody else wrote.
    case foreign
    /// No JSON: what a crash has left of a line.
    case torn

    /// Looks at a line; all of it is checked, so that a damaged answer does not count as one.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        let scanner = JSONScanner(text)
        let start = scanner.blanks(0)
        guard start < text.count, let end = try? scanner.validate(start), scanner.blanks(end) == text.count else {
            self = .torn
            return
        }
        self = Self.finished(text) ?? .foreign
    }

    private static func finished(_ text: UnsafeBufferPointer<UInt8>) -> OutputLine? {
        var mark: Range<Int>?
        for member in MemberWalk(text) where member.isWritten("sluice", in: text) { mark = member.value }
        guard let mark, text[mark.lowerBound] == UInt8(ascii: "{") else { return nil }
        var asked: Range<Int>?
        for member in MemberWalk(text, at: mark.lowerBound) {
            // It stands before the hash, so that a line needs no second walk.
            if member.isWritten(AskedModel.member, in: text) { asked = member.value }
            guard member.isWritten("hash", in: text) else { continue }
            let value = member.value
            guard value.count == 34, text[value.lowerBound] == UInt8(ascii: "\"") else { return nil }
            let digits = UnsafeBufferPointer(rebasing: text[value.lowerBound + 1..<value.upperBound - 1])
            return RowHash(hex: digits).map { .finished($0, asked: asked) }
        }
        return nil
    }
}
