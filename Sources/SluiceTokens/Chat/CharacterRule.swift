/// Tokens by counting characters, for models whose vocabulary is not public.
///
/// The weights are tokens for a character by its length in UTF-8: one byte is ASCII, three bytes mostly Chinese,
/// Japanese or Korean.
struct CharacterRule: Sendable {
    let weights: (one: Double, two: Double, three: Double, four: Double)

    /// The rule for a model, by its name.
    ///
    /// - Claude: 3.5 English characters (docs.anthropic.com, glossary); other scripts by their bytes.
    /// - Gemini: 4 characters (ai.google.dev/gemini-api/docs/tokens); a token for a character of three bytes.
    /// - DeepSeek: 0.3 for an English character, 0.6 for a Chinese one (api-docs.deepseek.com/quick_start/token_usage).
    /// - All others: a token for four bytes.
    init(model: String) {
        let model = model.lowercased()
        if model.contains("claude") {
            weights = (1 / 3.5, 2 / 3.5, 3 / 3.5, 4 / 3.5)
        } else if model.contains("gemini") {
            weights = (0.25, 0.5, 1, 1)
        } else if model.contains("deepseek") {
            weights = (0.3, 0.5, 0.6, 1)
        } else {
            weights = (0.25, 0.5, 0.75, 1)
        }
    }

    /// The last offset between two characters up to which a text has at most so many tokens.
    func prefixEnd(_ text: UnsafeBufferPointer<UInt8>, tokens limit: Int) -> Int {
        var sum = 0.0
        var at = 0
        while at < text.count {
            let byte = text[at]
            let width = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            sum += width == 1 ? weights.one : width == 2 ? weights.two : width == 3 ? weights.three : weights.four
            if sum > Double(limit) { return at }
            at += width
        }
        return text.count
    }

    /// The tokens of a text with so many characters of one, two, three and four bytes, rounded up.
    func tokens(_ lengths: SIMD4<Int>) -> Int {
        let sum =
            Double(lengths[0]) * weights.one + Double(lengths[1]) * weights.two
            + Double(lengths[2]) * weights.three + Double(lengths[3]) * weights.four
        return Int(sum.rounded(.up))
    }

    /// The characters of a text of one, two, three and four bytes.
    static func lengths(of text: UnsafeBufferPointer<UInt8>) -> SIMD4<Int> {
        var lengths = (one: 0, two: 0, three: 0, four: 0)
        for byte in text {
            if byte < 0x80 {
                lengths.one += 1
            } else if byte >= 0xF0 {
                lengths.four += 1
            } else if byte >= 0xE0 {
                lengths.three += 1
            } else if byte >= 0xC0 {
                lengths.two += 1
            }
        }
        return SIMD4(lengths.one, lengths.two, lengths.three, lengths.four)
    }
}
