public import SluiceCore

/// How a provider enforces a limit of so many units per minute, day or second.
public enum WindowModel: Sendable, Equatable {
    /// A bucket that is full at the start, fills at the rate of the limit and holds what flows in within `depth`, but
    /// at least one unit.
    case bucket(depth: TimeSpan)
    /// Periods one after the other, counted from the start; what is not used in one is lost at its end.
    case fixed
    /// An exact log: in no span as long as the period is there more than the limit.
    case sliding
    /// The limit is dealt out in windows of this length: 600 per minute in quanta of a second are 10 in each second.
    ///
    /// Where the share is not whole, quanta take turns: 90 per minute are 1, 2, 1, 2 …
    case quanta(TimeSpan)

    var isValid: Bool {
        switch self {
        case .bucket(let depth): depth >= .zero
        case .quanta(let length): length > .zero
        case .fixed, .sliding: true
        }
    }
}
