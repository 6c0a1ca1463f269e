/// Looks for a concurrency by trying others, above and below the one that is best so far.
///
/// Steps grow while more concurrency brings as much more throughput. Once a try has not paid they shrink, until those
/// of six per cent do not pay in either direction.
struct ConcurrencySearch: Sendable {
    /// What a step multiplies or divides by, the smallest in steady state.
    private static let factors = [1.06, 1.1892, 1.4142, 2, 4]
    static let doubling = 3
    /// The share of the growth in concurrency that is growth along with it.
    static let linear = 0.8

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

    /// Whether its steps are the smallest ones, or it tries nothing.
    var isFine: Bool { step <= 0 }

    /// Tries nothing until it goes on.
    mutating func pause() { (candidate, step) = (nil, -1) }

    /// Goes on where it paused, with what is known not to pay.
    mutating func goOn(step: Int) {
        self.step = step
        (triedUp, triedDown, isDownFirst) = (false, false, false)
        propose()
    }

    /// The candidate pays: it is the best now.
    ///
    /// If it `isLinear`, the throughput grew about as the concurrency did, so that far fewer would only bring less.
    mutating func accept(isLinear: Bool) {
        guard let candidate else { return }
        let isDown = candidate < base
        if isDown { upper = base } else { lower = isLinear ? Self.knee(base, candidate) : base }
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
    ///
    /// If it `isLinear`, the throughput fell about as the concurrency did, so that far fewer would bring less.
    mutating func reject(isLinear: Bool = false) {
        guard let candidate else { return }
        if candidate > base {
            upper = candidate
            triedUp = true
        } else {
            lower = isLinear ? Self.knee(candidate, base) : candidate
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

    /// The least where throughput may stop growing if it has grown along between two concurrencies.
    private static func knee(_ from: Int, _ to: Int) -> Int { from + Int(linear * Double(to - from)) }

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
