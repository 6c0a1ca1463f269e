/// How a provider measures a minute.
public enum LimitWindow: String, Sendable, CaseIterable {
    /// A bucket that is refilled all the time: most providers.
    case bucket
    /// A counter that starts anew with each minute.
    case fixed
    /// A log of the last 60 seconds.
    case sliding
}
