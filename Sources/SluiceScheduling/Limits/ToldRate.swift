/// The limit in force of those that replies tell: a lower one counts at once, a higher one once several in a row agree.
///
/// Replies overtake each other, and several servers behind one address may each have their own.
struct ToldRate: Sendable {
    private static let agreement = 5
    /// The limit, infinite before the first reading.
    private(set) var limit = Double.infinity
    private var higher: (limit: Double, times: Int)?

    /// Takes a reading into account; returns whether another limit is in force now.
    mutating func read(_ reading: Double) -> Bool {
        guard reading > limit else {
            higher = nil
            defer { limit = reading }
            return reading < limit
        }
        let times = higher.map { $0.limit == reading ? $0.times + 1 : 1 } ?? 1
        higher = times < Self.agreement ? (reading, times) : nil
        guard higher == nil else { return false }
        limit = reading
        return true
    }
}
