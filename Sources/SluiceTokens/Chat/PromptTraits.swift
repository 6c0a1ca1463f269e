/// What of a prompt says how many tokens it has in a vocabulary that is not public.
///
/// Tokenizers agree on most of a text, so that the tokens of a public vocabulary say most of it; where they differ, they
/// differ by script, and the length of characters in UTF-8 tells scripts apart.
public struct PromptTraits: Sendable, Equatable {
    /// Tokens in o200k_base.
    var tokens = 0
    /// Characters of one to four bytes.
    var characters = SIMD4<Int>()
    /// Messages, each of which has some tokens around it.
    var messages = 0
    /// Tokens that are not of texts, as of images.
    var others = 0

    /// No text.
    init() {}

    /// The traits as numbers, in the order of ``TraitRegression``'s weights.
    var numbers: [Double] {
        [Double(tokens)] + (0..<4).map { Double(characters[$0]) } + [Double(messages)]
    }
}
