internal import SluiceTokens

/// The tokens of a prompt, as far as they are known before it is sent.
struct PromptTokens: Sendable {
    /// What admission reserves.
    let estimate: TokenEstimate
    /// The estimate before it was corrected; nil where there is nothing to learn.
    let uncorrected: Int?
    /// What it consists of, where that is looked at.
    var traits: PromptTraits?
}
