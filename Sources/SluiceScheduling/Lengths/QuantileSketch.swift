/// How large so many whole numbers were: any quantile within 1/32 of its value, in a few kilobytes.
///
/// A histogram whose buckets are 1 wide below 64 and 1/32 of their value above, found by shifts (G. Tene,
/// HdrHistogram, <https://hdrhistogram.github.io/HdrHistogram/>). Two of them add up to what one would have been.
package struct QuantileSketch: Sendable, Equatable {
    private static let exact = 64
    private static let perDoubling = 32
    private var counts: [UInt32] = []
    private var sum = 0.0
    /// How many numbers there were.
    package private(set) var count = 0

    /// Of no numbers.
    package init() {}

    /// The mean; zero without numbers.
    package var mean: Double { count > 0 ? sum / Double(count) : 0 }

    /// Takes a number in; a negative one counts as zero, one above 2³⁰ as that.
    package mutating func add(_ value: Int) {
        let value = min(max(0, value), 1 << 30)
        let bucket = Self.bucket(value)
        if bucket >= counts.count {
            counts.append(contentsOf: repeatElement(0, count: bucket + 1 - counts.count))
        }
        counts[bucket] &+= 1
        sum += Double(value)
        count += 1
    }

    /// Takes in all numbers of another one.
    package mutating func merge(_ other: QuantileSketch) {
        if other.counts.count > counts.count {
            counts.append(contentsOf: repeatElement(0, count: other.counts.count - counts.count))
        }
        for (bucket, more) in other.counts.enumerated() { counts[bucket] &+= more }
        sum += other.sum
        count += other.count
    }

    /// The number that this share of all numbers does not exceed, 0 to 1; nil without numbers.
    package func quantile(_ share: Double) -> Int? {
        guard count > 0 else { return nil }
        let rank = max(1, Int((Double(count) * min(max(0, share), 1)).rounded(.up)))
        var seen = 0
        for (bucket, number) in counts.enumerated() {
            seen += Int(number)
            if seen >= rank { return Self.highest(bucket) }
        }
        return Self.highest(counts.count - 1)
    }

    private static func bucket(_ value: Int) -> Int {
        guard value >= exact else { return value }
        let shift = Int.bitWidth - value.leadingZeroBitCount - 6
        return exact + (shift - 1) * perDoubling + (value >> shift) - perDoubling
    }

    /// The highest number of a bucket.
    private static func highest(_ bucket: Int) -> Int {
        guard bucket >= exact else { return bucket }
        let shift = (bucket - exact) / perDoubling + 1
        let lead = (bucket - exact) % perDoubling + perDoubling
        return ((lead + 1) << shift) - 1
    }
}
