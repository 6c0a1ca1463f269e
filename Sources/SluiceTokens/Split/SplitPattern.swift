/// The patterns that there is a scanner for.
enum SplitPattern: Sendable {
    /// r50k_base, p50k_base and p50k_edit.
    case gpt2
    /// cl100k_base.
    case cl100k
    /// o200k_base and o200k_harmony.
    case o200k
}
