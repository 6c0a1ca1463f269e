extension Int {
    /// The whole part of a number that is not NaN, or the nearest number that an `Int` holds.
    init(saturating number: Double) { self = Int(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max) }
}
