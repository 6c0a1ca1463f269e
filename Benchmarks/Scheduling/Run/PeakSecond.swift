import DequeModule

/// The most that arrives in any second, wherever it begins.
struct PeakSecond {
    private var recent = Deque<Double>()
    private(set) var most = 0

    mutating func add(_ seconds: Double) {
        recent.append(seconds)
        while let first = recent.first, first <= seconds - 1 { recent.removeFirst() }
        most = max(most, recent.count)
    }
}
