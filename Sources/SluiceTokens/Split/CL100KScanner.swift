/// The pattern of cl100k_base and of the families made after it, which differ in a few places.
///
/// cl100k_base: `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|`
/// `\s*[\r\n]|\s+(?!\S)|\s` (tiktoken 0.14, tiktoken_ext/openai_public.py).
protocol CL100KFamily: PieceScanner {
    /// How many digits make a piece at most.
    static var digits: Int { get }
    /// Whether blanks that end the text are one piece, line ends or not: `\s++$`.
    static var takesRest: Bool { get }
}

extension CL100KFamily {
    @inline(__always)
    static func pieceEnd(_ text: PieceText, from start: Int) -> Int {
        let first = text.base[start]
        let (kind, length) = text.character(start)
        if kind.isAny(of: .letter) { return letters(text, start + length) }
        if first == UInt8(ascii: "'"), let end = Contraction.end(text, start, ignoringCase: true) { return end }
        if kind.contains(.number) {
            var at = start + length
            for _ in 1..<digits {
                guard at < text.end else { break }
                let (next, length) = text.character(at)
                guard next.contains(.number) else { break }
                at += length
            }
            return at
        }
        if kind.contains(.lineEnd) { return text.blankPieceEnd(start, takesRest: takesRest) }
        // Any other character may be the first of a word.
        var at = start + length
        guard at < text.end else { return at }
        let (next, nextLength) = text.character(at)
        if next.isAny(of: .letter) { return letters(text, at + nextLength) }
        if first == UInt8(ascii: " ") {
            if next.isAny(of: .blankOrNumber) { return text.blankPieceEnd(start, takesRest: takesRest) }
        } else if kind.contains(.blank) {
            return text.blankPieceEnd(start, takesRest: takesRest)
        }
        at = text.run(notOf: .letterNumberOrBlank, from: at)
        return text.run(of: .lineEnd, from: at)
    }

    @inline(__always)
    private static func letters(_ text: PieceText, _ at: Int) -> Int {
        let at = text.letterASCIIRun(from: at)
        guard at < text.end, text.base[at] >= 0x80 else { return at }
        return text.run(of: .letter, from: at)
    }
}

/// cl100k_base itself.
enum CL100KScanner: CL100KFamily {
    static var digits: Int { 3 }
    static var takesRest: Bool { true }
}

/// Llama 3: `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|`
/// `\s+(?!\S)|\s+`.
enum Llama3Scanner: CL100KFamily {
    static var digits: Int { 3 }
    static var takesRest: Bool { false }
}

/// Qwen 2 and 3: Llama 3's pattern with `\p{N}` for a single digit.
enum Qwen2Scanner: CL100KFamily {
    static var digits: Int { 1 }
    static var takesRest: Bool { false }
}
