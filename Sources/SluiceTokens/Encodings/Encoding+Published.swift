internal import CVocabularies

extension Encoding {
    /// GPT-4o, GPT-4.1, GPT-5 and the o models.
    public static let o200kBase = Encoding(
        name: "o200k_base", pattern: .o200k, vocabulary: Vocabulary(MergeList(sluice_o200k_base())),
        specials: [199_999: endOfText, 200_018: endOfPrompt])

    /// GPT-3.5, GPT-4 and the embedding models.
    public static let cl100kBase = Encoding(
        name: "cl100k_base", pattern: .cl100k, vocabulary: Vocabulary(MergeList(sluice_cl100k_base())),
        specials: fillInTheMiddle(from: 100_258).merging([100_257: endOfText, 100_276: endOfPrompt]) { first, _ in first
        })

    /// Codex, and the later GPT-3 models.
    public static let p50kBase = Encoding(
        name: "p50k_base", pattern: .gpt2, vocabulary: Vocabulary(MergeList(sluice_p50k_base())),
        specials: [50_256: endOfText])

    /// The edit models: `p50k_base` with three more special tokens.
    public static let p50kEdit = Encoding(
        name: "p50k_edit", pattern: .gpt2, vocabulary: p50kBase.vocabulary,
        specials: fillInTheMiddle(from: 50_281).merging([50_256: endOfText]) { first, _ in first })

    /// GPT-2 and the first GPT-3 models: the first 50,256 tokens of `p50k_base`.
    public static let r50kBase = Encoding(
        name: "r50k_base", pattern: .gpt2, vocabulary: Vocabulary(MergeList(sluice_p50k_base(), count: 50_256)),
        specials: [50_256: endOfText])

    /// gpt-oss: `o200k_base` with the special tokens of its chat format.
    public static let o200kHarmony = Encoding(
        name: "o200k_harmony", pattern: .o200k, vocabulary: o200kBase.vocabulary, specials: harmony)

    /// The names that ``published(_:)`` knows.
    public static let names = [
        "o200k_base", "o200k_harmony", "cl100k_base", "p50k_base", "p50k_edit", "r50k_base", "gpt2",
    ]

    /// The encoding of a name as tiktoken has it; nil for any other name.
    ///
    /// The first call for a vocabulary loads it, which takes some milliseconds.
    public static func published(_ name: String) -> Encoding? {
        switch name {
        case "o200k_base": o200kBase
        case "o200k_harmony": o200kHarmony
        case "cl100k_base": cl100kBase
        case "p50k_base": p50kBase
        case "p50k_edit": p50kEdit
        case "r50k_base", "gpt2": r50kBase
        default: nil
        }
    }

    private static let endOfText = "<|endoftext|>"
    private static let endOfPrompt = "<|endofprompt|>"

    private static func fillInTheMiddle(from first: Int) -> [Int: String] {
        [first: "<|fim_prefix|>", first + 1: "<|fim_middle|>", first + 2: "<|fim_suffix|>"]
    }

    private static let harmony: [Int: String] = {
        var names = [
            199_998: "<|startoftext|>", 199_999: endOfText, 200_002: "<|return|>", 200_003: "<|constrain|>",
            200_005: "<|channel|>", 200_006: "<|start|>", 200_007: "<|end|>", 200_008: "<|message|>",
            200_012: "<|call|>",
        ]
        for id in 200_000..<201_088 where names[id] == nil { names[id] = "<|reserved_\(id)|>" }
        // tiktoken has two names for this id and decodes to the one of o200k_base.
        names[200_018] = endOfPrompt
        return names
    }()
}
