/// The pattern of o200k_base and o200k_harmony.
///
/// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|`
/// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|`
/// `\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+` (tiktoken 0.14, tiktoken_ext/openai_public.py).
enum O200KScanner: PieceScanner {
    @inline(__always)
    static func pieceEnd(_ text: PieceText, from start: Int) -> Int {
        let first = text.base[start]
        let (kind, length) = text.character(start)
        if kind.isAny(of: .letter) { return contraction(text, wordEnd(text, start, kind, length).end) }
        if kind.contains(.number) {
            var at = start + length
            for _ in 0..<2 {
                guard at < text.end else { break }
                let (next, length) = text.character(at)
                guard next.contains(.number) else { break }
                at += length
            }
            return at
        }
        if kind.contains(.lineEnd) { return text.blankPieceEnd(start, takesRest: false) }
        // Any other character may be the first of a word.
        var at = start + length
        guard at < text.end else { return at }
        let (next, nextLength) = text.character(at)
        if next.isAny(of: .letterOrMark) {
            let word = wordEnd(text, at, next, nextLength)
            // Before a word in capitals only, a mark is rather a word of its own, which has something of lower case.
            if kind.contains(.mark), word.isUpper { return contraction(text, at) }
            return contraction(text, word.end)
        }
        if kind.contains(.mark) { return contraction(text, at) }
        if first == UInt8(ascii: " ") {
            if next.isAny(of: .blankOrNumber) { return text.blankPieceEnd(start, takesRest: false) }
        } else if kind.contains(.blank) {
            return text.blankPieceEnd(start, takesRest: false)
        }
        at = text.run(notOf: .letterNumberOrBlank, from: at)
        while at < text.end {
            let byte = text.base[at]
            guard byte == 0x0A || byte == 0x0D || byte == UInt8(ascii: "/") else { break }
            at += 1
        }
        return at
    }

    /// Where the word ends that starts at `start` with a letter or mark, and whether it has capitals only.
    ///
    /// The first alternative takes capitals, then small letters. Where none follow, it gives back capitals until the
    /// last one is a letter without case or a mark, which counts as both; where there is none, the second alternative
    /// takes the capitals alone.
    @inline(__always)
    private static func wordEnd(
        _ text: PieceText, _ start: Int, _ kind: ScalarClass, _ length: Int
    ) -> (end: Int, isUpper: Bool) {
        var at = start + length
        if kind.isAny(of: .upperOrMark) {
            var kind = kind
            // Behind the last character that counts as both.
            var behindBoth = start
            while true {
                if kind.isAny(of: .lowerOrMark) { behindBoth = at }
                guard at < text.end else { break }
                let (next, length) = text.character(at)
                guard next.isAny(of: .upperOrMark) else { break }
                kind = next
                at += length
            }
            let small = smallEnd(text, at)
            if small > at { return (small, false) }
            return behindBoth > start ? (behindBoth, false) : (at, true)
        }
        return (smallEnd(text, at), false)
    }

    @inline(__always)
    private static func smallEnd(_ text: PieceText, _ at: Int) -> Int {
        let at = text.lowerASCIIRun(from: at)
        guard at < text.end, text.base[at] >= 0x80 else { return at }
        return text.run(of: .lowerOrMark, from: at)
    }

    /// Takes a contraction into the word that ends at `at`.
    @inline(__always)
    private static func contraction(_ text: PieceText, _ at: Int) -> Int {
        guard at < text.end, text.base[at] == UInt8(ascii: "'") else { return at }
        return Contraction.end(text, at, ignoringCase: true) ?? at
    }
}
