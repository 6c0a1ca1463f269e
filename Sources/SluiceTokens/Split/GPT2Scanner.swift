/// The pattern of r50k_base, p50k_base and p50k_edit.
///
/// `'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s` (tiktoken 0.14,
/// tiktoken_ext/openai_public.py).
enum GPT2Scanner: PieceScanner {
    @inline(__always)
    static func pieceEnd(_ text: PieceText, from start: Int) -> Int {
        let first = text.base[start]
        if first == UInt8(ascii: "'"), let end = Contraction.end(text, start, ignoringCase: false) { return end }
        var word = start
        if first == UInt8(ascii: " "), start + 1 < text.end { word += 1 }
        let (kind, length) = text.character(word)
        if kind.isAny(of: .letter) {
            return text.run(of: .letter, from: text.letterASCIIRun(from: word + length))
        }
        if kind.contains(.number) { return text.run(of: .number, from: word + length) }
        if !kind.contains(.blank) {
            return text.run(notOf: .letterNumberOrBlank, from: word + length)
        }
        return text.blankPieceEnd(start, knowsLines: false, takesRest: true)
    }
}
