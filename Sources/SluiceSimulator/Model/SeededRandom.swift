#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A stream of random numbers that is a pure function of a seed and a number.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014). Every request gets a stream
/// of its own, so that what one request draws does not shift the next.
struct SeededRandom: Sendable {
    private var state: UInt64

    /// The stream of this number.
    init(seed: UInt64, stream: UInt64) {
        state = seed &+ Self.mixed(stream &* 0x9E37_79B9_7F4A_7C15)
    }

    /// The next number, evenly distributed.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// The next number in 0 ..< 1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// The next number of the normal distribution with mean 0 and deviation 1 (Box and Muller, 1958).
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * Double.pi * uniform())
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
