/// The tokens of one kind that a provider's bucket holds.
struct TokenLevel {
    let kind: TokenDimension
    private var perSecond: Double
    private let depth: Double
    private var level: Double
    private var at = 0.0

    /// A full bucket that is refilled by so much a minute and holds what flows in during `depth` seconds.
    init(_ kind: TokenDimension, perMinute: Double, depth: Double) {
        self.kind = kind
        perSecond = perMinute / 60
        self.depth = depth
        level = perSecond * depth
    }

    mutating func change(by factor: Double, at now: Double) {
        advance(now)
        perSecond *= factor
        level = min(level, perSecond * depth)
    }

    /// After how long so much is there, 0 if it is; brings the level up to date.
    mutating func lack(_ amount: Double, at now: Double) -> Double {
        advance(now)
        return amount > level ? (amount - level) / perSecond : 0
    }

    /// Takes so much out, or puts it back if it is negative.
    mutating func take(_ amount: Double, at now: Double) {
        advance(now)
        level = min(perSecond * depth, level - amount)
    }

    private mutating func advance(_ now: Double) {
        level = min(perSecond * depth, level + (now - at) * perSecond)
        at = now
    }
}
