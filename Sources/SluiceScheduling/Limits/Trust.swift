package import SluiceCore

/// How much of a limit that the user gave is used, after refusals that it did not predict.
///
/// Cut by 3 % for each, recovered by 0.2 % of the limit every five seconds (RELIABILITY §1.3). A second refusal soon
/// after the first says that the limit is wrong: then the true one is learned below it.
package struct Trust: Sendable {
    private static let cut = 0.97
    private static let recovery = 0.002 / 5
    private static let soon = TimeSpan.seconds(10)
    /// The fraction in use, above 0 to 1.
    package private(set) var fraction = 1.0
    private var changed: Instant?
    private var lastCut: Instant?

    /// Full trust.
    package init() {}

    /// Takes note of a refusal; returns whether the limit is still believed.
    package mutating func cut(now: Instant) -> Bool {
        let isBelieved = lastCut.map { now - $0 > Self.soon } ?? true
        lastCut = now
        changed = now
        fraction = max(0.05, fraction * Self.cut)
        return isBelieved
    }

    /// The fraction after recovery until now, or nil if it has not changed.
    package mutating func recovered(now: Instant) -> Double? {
        guard fraction < 1, let changed else { return nil }
        fraction = min(1, fraction + (now - changed).seconds * Self.recovery)
        self.changed = now
        return fraction
    }
}
