import SluiceScheduling

/// A request that was sent.
struct Flight {
    let grant: Grant
    let row: Int32
    /// Its place in the provider's log.
    var entry = 0
    /// What the provider charged at first.
    var charged = TokenUse.zero
    /// After how long a refusal says that it may be tried again, in seconds.
    var wait = 0.0
    /// Whether it was refused by chance.
    var isStray = false
}
