/// The patterns that there is a scanner for.
enum SplitPattern: Sendable {
    /// r50k_base, p50k_base and p50k_edit; GPT-2's own.
    case gpt2
    /// cl100k_base.
    case cl100k
    /// o200k_base and o200k_harmony.
    case o200k
    /// Llama 3: an older form of cl100k_base.
    case llama3
    /// Qwen 2 and 3: the same with single digits.
    case qwen2
    /// DeepSeek V3: three patterns, one after the other.
    case deepSeek3
}
