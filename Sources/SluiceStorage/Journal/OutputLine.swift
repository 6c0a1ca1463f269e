import SluiceCore

/// What a line of an existing output is.
enum OutputLine: Equatable {
    /// An answer that Sluice wrote, to the row with this hash.
    case finished(RowHash)
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
        self = Self.hash(in: text).map(OutputLine.finished) ?? .foreign
    }

    private static func hash(in text: UnsafeBufferPointer<UInt8>) -> RowHash? {
        var mark: Range<Int>?
        for member in MemberWalk(text) where member.isWritten("sluice", in: text) { mark = member.value }
        guard let mark, text[mark.lowerBound] == UInt8(ascii: "{") else { return nil }
        for member in MemberWalk(text, at: mark.lowerBound) where member.isWritten("hash", in: text) {
            let value = member.value
            guard value.count == 34, text[value.lowerBound] == UInt8(ascii: "\"") else { return nil }
            return RowHash(hex: UnsafeBufferPointer(rebasing: text[value.lowerBound + 1..<value.upperBound - 1]))
        }
        return nil
    }
}
