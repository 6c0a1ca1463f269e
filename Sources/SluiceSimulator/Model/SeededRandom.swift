import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A stream of random numbers that is a pure function of a seed and a number.
///
/// Every request gets a stream of its own, so that what one request draws does not shift the next.
struct SeededRandom: Sendable {
    private var bits: SplitMix64

    /// The stream of this number.
    init(seed: UInt64, stream: UInt64) {
        bits = SplitMix64(seed: seed, stream: stream)
    }

    /// The stream of random numbers for the n-th time, from 0, that something is asked.
    static func stream(_ content: UInt64, attempt: UInt64) -> UInt64 { content &+ attempt &* 0xD1B5_4A32_D192_ED03 }

    /// The next number, evenly distributed.
    mutating func next() -> UInt64 { bits.next() }

    /// The next number in 0 ..< 1.
    mutating func uniform() -> Double { bits.unit() }

    /// The next number of the normal distribution with mean 0 and deviation 1 (Box and Muller, 1958).
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * Double.pi * uniform())
    }
}
