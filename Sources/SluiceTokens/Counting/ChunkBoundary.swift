/// Where a text may be cut into chunks.
public enum ChunkBoundary: String, Sendable, CaseIterable {
    /// Between any two characters (Unicode scalars).
    case character
    /// Behind a blank.
    case word
    /// Behind a line feed.
    case line
    /// Behind an empty line.
    case paragraph

    /// The offset behind the last boundary in the range; nil if there is none.
    func last(in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
        guard self != .character else { return end }
        var at = end
        while at > start {
            let byte = text[at - 1]
            let isBoundary =
                switch self {
                case .character: true
                case .word: byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
                case .line: byte == 0x0A
                case .paragraph: byte == 0x0A && at - 1 > start && text[at - 2] == 0x0A
                }
            if isBoundary { return at }
            at -= 1
        }
        return nil
    }
}
