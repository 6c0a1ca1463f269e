/// The patterns of DeepSeek V3, each applied to every piece that the one before it has made.
///
/// 1. `\p{N}{1,3}`
/// 2. `[一-龥぀-ゟ゠-ヿ]+`
/// 3. an ASCII sign and ASCII letters, or `[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|`
///    `\s+(?!\S)|\s+`
///
/// So the third ends at a number, and where Chinese or Japanese begins or ends, as it does at the end of the text. What
/// nothing matches is a piece, too.
enum DeepSeek3Scanner: PieceScanner {
    static func pieceEnd(_ text: PieceText, from start: Int) -> Int {
        let (kind, length) = text.character(start)
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
        let part = Part(text: text, isEastAsian: isEastAsian(text, start))
        let behind = start + length
        if text.base[start] < 0x80, kind.isAny(of: .punctuationOrSymbol) {
            let letters = text.letterASCIIRun(from: behind)
            if letters > behind { return letters }
        }
        if kind.isAny(of: .letterOrMark) { return part.run(of: .letterOrMark, from: behind) }
        let next = part.kind(behind)
        if kind.isAny(of: .punctuationOrSymbol) || text.base[start] == 0x20 && next.isAny(of: .punctuationOrSymbol) {
            return part.run(of: .lineEnd, from: part.run(of: .punctuationOrSymbol, from: behind))
        }
        // Anything else but a line end may be the first of a word.
        if !kind.contains(.lineEnd), next.isAny(of: .letterOrMark) { return part.run(of: .letterOrMark, from: behind) }
        return kind.contains(.blank) ? part.blanks(from: start) : part.unmatched(from: behind)
    }

    /// U+4E00 to U+9FA5 and U+3040 to U+30FF.
    @inline(__always)
    private static func isEastAsian(_ text: PieceText, _ at: Int) -> Bool {
        guard text.base[at] >= 0xE3, text.base[at] <= 0xE9 else { return false }
        let scalar = text.shortScalar(at).scalar
        return (0x4E00...0x9FA5).contains(scalar) || (0x3040...0x30FF).contains(scalar)
    }

    /// What the third pattern sees: text up to the next number or change of script.
    private struct Part {
        let text: PieceText
        let isEastAsian: Bool

        func isEnd(_ at: Int) -> Bool {
            at >= text.end || text.character(at).class.contains(.number)
                || DeepSeek3Scanner.isEastAsian(text, at) != isEastAsian
        }

        /// The class of a character, or none where the part ends.
        func kind(_ at: Int) -> ScalarClass { isEnd(at) ? ScalarClass(rawValue: 0) : text.character(at).class }

        func run(of wanted: ScalarClass, from start: Int) -> Int {
            var at = start
            while kind(at).isAny(of: wanted) { at += text.character(at).length }
            return at
        }

        func blanks(from start: Int) -> Int {
            var at = start
            var last = start
            var behindLine = start
            while case let found = kind(at), found.contains(.blank) {
                last = at
                at += text.character(at).length
                if found.contains(.lineEnd) { behindLine = at }
            }
            if behindLine > start { return behindLine }
            return isEnd(at) || last == start ? at : last
        }

        /// Characters that nothing matches are one piece, up to where something does.
        func unmatched(from start: Int) -> Int {
            var at = start
            while !isEnd(at) {
                let (kind, length) = text.character(at)
                guard kind.rawValue == 0, !self.kind(at + length).isAny(of: .letterOrMark) else { break }
                at += length
            }
            return at
        }
    }
}
