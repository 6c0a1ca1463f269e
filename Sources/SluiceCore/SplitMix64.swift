/// A small seeded random number generator: the same seed gives the same numbers, always and everywhere.
///
/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014; the constants are those of Sebastiano
/// Vigna's <https://prng.di.unimi.it/splitmix64.c>. For jitter, simulation and tests, not for secrets.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator whose whole sequence follows from `seed`.
    package init(seed: UInt64) {
        state = seed
    }

    /// The generator of one of many streams that follow from one seed.
    package init(seed: UInt64, stream: UInt64) {
        state = seed &+ Self.mixed(stream &* Self.step)
    }

    /// The next 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mixed(state)
    }

    /// The next number of the unit interval, 0 included, 1 not.
    package mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// The next number from 0 up to but without `bound`, which must be positive.
    package mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// The golden ratio, odd, so that the state takes every value once.
    private static var step: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
