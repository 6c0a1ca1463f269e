internal import SluiceCore

/// Rows finished per second over the last ten seconds.
struct RateWindow: Sendable {
    private static let length = 10
    private var seconds = [Int](repeating: 0, count: RateWindow.length + 1)
    private var current: Int64 = -1

    mutating func add(at now: Instant) {
        advance(to: now)
        seconds[Int(current % Int64(seconds.count))] += 1
    }

    /// The rate over the whole seconds that lie behind; `age` is how long the run has lasted.
    func perSecond(at now: Instant, age: TimeSpan) -> Double {
        var copy = self
        copy.advance(to: now)
        let open = copy.seconds[Int(copy.current % Int64(copy.seconds.count))]
        let span = min(Double(Self.length), max(1, age.seconds.rounded(.down)))
        return Double(copy.seconds.reduce(0, +) - open) / span
    }

    private mutating func advance(to now: Instant) {
        let second = now.nanoseconds / 1_000_000_000
        if current < 0 { current = second }
        guard second > current else { return }
        for step in 1...min(second - current, Int64(seconds.count)) {
            seconds[Int((current + step) % Int64(seconds.count))] = 0
        }
        current = second
    }
}
