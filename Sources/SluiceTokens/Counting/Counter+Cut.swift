extension Counter {
    /// The beginning of a text that has at most `limit` tokens, cut between two characters; all of a shorter text.
    ///
    /// The result is counted as a text of its own, so it keeps to the limit also where the cut changes a piece.
    public mutating func truncate(_ text: String, toTokens limit: Int) -> String {
        var text = text
        return text.withUTF8 { utf8 in
            let end = cut(utf8, from: 0, toTokens: limit)
            return String(decoding: utf8[..<end], as: UTF8.self)
        }
    }

    /// Cuts a text into chunks of at most `size` tokens, at least 1, that make the text again when joined.
    ///
    /// A chunk ends behind the last boundary that fits, where there is one, else between two characters. A character
    /// that has more tokens than `size` is a chunk of its own.
    public mutating func split(
        _ text: String, intoChunksOf size: Int, at boundary: ChunkBoundary = .word
    ) -> [String] {
        precondition(size > 0, "a chunk has at least one token")
        var text = text
        return text.withUTF8 { utf8 in
            var chunks: [String] = []
            var start = 0
            while start < utf8.count {
                var end = cut(utf8, from: start, toTokens: size)
                if end == start { end = Self.characterEnd(utf8, start) }
                if end < utf8.count { end = boundary.last(in: utf8, from: start, to: end) ?? end }
                chunks.append(String(decoding: utf8[start..<end], as: UTF8.self))
                start = end
            }
            return chunks
        }
    }

    /// The last offset between two characters up to which the text from `start` on has at most `limit` tokens.
    private mutating func cut(_ text: UnsafeBufferPointer<UInt8>, from start: Int, toTokens limit: Int) -> Int {
        guard text.count - start > limit else { return text.count }
        guard limit > 0 else { return start }
        // Far more bytes than so many tokens have are not looked at, so that many cuts of a long text stay linear.
        let (room, isAll) = limit.multipliedReportingOverflow(by: Self.longestToken)
        let isCut = !isAll && room < text.count - start
        let rest = UnsafeBufferPointer(rebasing: isCut ? text[start..<start + room] : text[start...])
        var allowed = limit
        while allowed > 0 {
            var tokens = 0
            var end = 0
            forEachToken(rest) { _, behind in
                guard tokens < allowed else { return false }
                tokens += 1
                // A composed text may be the longer one.
                end = min(behind, rest.count)
                return true
            }
            while end > 0, start + end < text.count, text[start + end] & 0xC0 == 0x80 { end -= 1 }
            // Cut off from what follows, the last piece may have other tokens; rarely more.
            let prefix = UnsafeBufferPointer(rebasing: rest[..<end])
            if count(prefix, upTo: limit) <= limit { return start + end }
            allowed -= 1
        }
        return start
    }

    /// No published vocabulary has a token of more bytes (128 blanks).
    private static let longestToken = 128

    private static func characterEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var end = start + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }
}
