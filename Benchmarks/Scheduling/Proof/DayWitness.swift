import SluiceCore
import SluiceScheduling

/// What a provider counts of each day, by the moment at which requests were sent.
struct DayWitness {
    private let length: Double
    private let limits: [Limits]
    /// By key, day and kind.
    private var counts: [[[Double]]]

    init(_ scenario: Scenario, length: Double) {
        self.length = length
        limits = scenario.keys.map(\.told)
        counts = scenario.keys.map { _ in [] }
    }

    /// Counts what was sent, or what came of it; returns the limit that is exceeded, if one is.
    mutating func count(_ kind: DayKind, _ amount: Double, key: Int, sentAt: Instant) -> DayKind? {
        let day = Int(Double(sentAt.nanoseconds) / 1e9 / length)
        while counts[key].count <= day { counts[key].append(DayKind.allCases.map { _ in 0 }) }
        counts[key][day][kind.rawValue] += amount
        guard let limit = DayLedger.limit(kind, limits[key]) else { return nil }
        return counts[key][day][kind.rawValue] > limit ? kind : nil
    }

    /// The least use of a key's scarcest limit in a whole day, the last one left out.
    var leastUse: Double {
        var least = Double.infinity
        for key in counts.indices {
            for day in counts[key].dropLast() {
                let uses = DayKind.allCases.compactMap { kind in
                    DayLedger.limit(kind, limits[key]).map { day[kind.rawValue] / $0 }
                }
                least = min(least, uses.max() ?? .infinity)
            }
        }
        return least
    }
}
