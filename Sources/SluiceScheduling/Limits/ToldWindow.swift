import SluiceCore

/// Finds out over how long a time a limit of a header holds.
///
/// With continuous refill, `reset` is the time until all of it is there again: window = reset · limit / used. One reading
/// can deceive (a counter that starts anew each minute says something else), so two that differ in what was used, and so in
/// the time, must agree: a time that was rounded up to a second is the same for whatever was used.
struct ToldWindow: Sendable {
    private var last: (used: Double, reset: TimeSpan, window: TimeSpan)?
    /// The window that two readings agreed on; nil so far.
    private(set) var agreed: TimeSpan?

    private static let known: [TimeSpan] = [.seconds(1), .seconds(10), .seconds(60), .seconds(86_400)]

    /// Takes a reading into account; returns the window as far as it is known.
    mutating func read(_ reading: ToldLimits.Reading) -> TimeSpan? {
        if reading.isPerMinute { return .seconds(60) }
        if let agreed { return agreed }
        guard let remaining = reading.remaining, let reset = reading.reset, reset > .zero, remaining < reading.limit
        else { return nil }
        let used = reading.limit - remaining
        let seconds = reset.seconds * reading.limit / used
        guard let window = Self.known.first(where: { abs(seconds / $0.seconds - 1) < 0.15 }) else {
            last = nil
            return nil
        }
        if let last, last.window == window, last.reset != reset, max(last.used, used) > min(last.used, used) * 1.3 {
            agreed = window
            return window
        }
        if last?.window != window { last = (used, reset, window) }
        return nil
    }
}
