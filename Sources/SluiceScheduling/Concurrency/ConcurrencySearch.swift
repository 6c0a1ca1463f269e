/// Looks for a concurrency by trying others, above and below the one that is best so far.
///
/// Steps grow while more concurrency brings as much more throughput. Once a try has not paid they shrink, until those
/// of a tenth do not pay in either direction.
struct ConcurrencySearch: Sendable {
    /// Powers of two, from an eighth to two: what a step multiplies or divides by.
    private static let factors = [1.0905, 1.1892, 1.4142, 2, 4]
    static let doubling = 3

    /// The best so far.
    private(set) var base: Int
    /// The one that is tried; nil if none is.
    private(set) var candidate: Int?
    private let most: Int
    private var step = -1
    /// What is known not to pay, above and below.
    private var upper: Int?
    private var lower: Int?
    private var triedUp = false
    private var triedDown = false
    private var isDownFirst = false
    /// Tries that paid one after the other, in the same direction.
    private var streak = 0

    init(base: Int, most: Int) {
        self.base = min(base, most)
        self.most = most
    }

    /// Begins again where it stands, with steps of a size; nothing that was known holds any more.
    mutating func begin(step: Int, isDownFirst: Bool = false) {
        self.step = step
        self.isDownFirst = isDownFirst
        (upper, lower, candidate) = (nil, nil, nil)
        (triedUp, triedDown) = (false, false)
        streak = 0
        propose()
    }

    /// The candidate pays: it is the best now.
    ///
    /// If it `isLinear`, the throughput grew about as the concurrency did.
    mutating func accept(isLinear: Bool) {
        guard let candidate else { return }
        let isDown = candidate < base
        if isDown { upper = base } else { lower = base }
        streak = isDown == isDownFirst ? streak + 1 : 1
        isDownFirst = isDown
        base = candidate
        (triedUp, triedDown) = (false, false)
        if isLinear {
            step = min(step + 1, Self.factors.count - 1)
        } else if upper != nil, lower != nil {
            step = max(step - 1, 0)
        } else {
            step = min(streak > 1 ? step + 1 : step, Self.doubling)
        }
        propose()
    }

    /// The candidate does not pay.
    mutating func reject() {
        guard let candidate else { return }
        if candidate > base {
            upper = candidate
            triedUp = true
        } else {
            lower = candidate
            triedDown = true
        }
        streak = 0
        propose()
    }

    /// Goes down to a concurrency, without trying any other.
    mutating func settle(at concurrency: Int) {
        base = max(1, min(concurrency, most))
        (candidate, step) = (nil, -1)
    }

    private mutating func propose() {
        candidate = nil
        while step >= 0 {
            candidate = isDownFirst ? below() ?? above() : above() ?? below()
            if candidate != nil { return }
            step -= 1
            (triedUp, triedDown, isDownFirst) = (false, false, false)
        }
    }

    private func above() -> Int? {
        guard !triedUp, base < most else { return nil }
        let next = min(most, max(base + 1, Int((Double(base) * Self.factors[step]).rounded())))
        return next < upper ?? .max ? next : nil
    }

    private func below() -> Int? {
        guard !triedDown, base > (step == 0 ? 5 : 1) else { return nil }
        let next = min(base - 1, Int((Double(base) / Self.factors[step]).rounded()))
        return next > lower ?? 0 ? next : nil
    }
}
