/// An amount of US dollars, in whole picodollars (10⁻¹² USD).
///
/// Every listed price per token is a whole number of them, so costs add up exactly. Sums beyond 9 million dollars stay
/// at the largest amount instead of overflowing.
public struct Money: Sendable, Hashable, Comparable {
    /// Picodollars in a dollar.
    static let perDollar: Int64 = 1_000_000_000_000

    /// The amount in picodollars.
    public let picodollars: Int64

    /// So many picodollars.
    public init(picodollars: Int64) {
        self.picodollars = picodollars
    }

    /// So many dollars, rounded to whole picodollars; nil for what is not finite or beyond 9 million.
    public init?(dollars: Double) {
        guard let amount = Int64(exactly: (dollars * Double(Self.perDollar)).rounded()) else { return nil }
        picodollars = amount
    }

    /// Nothing.
    public static let zero = Money(picodollars: 0)
    /// The largest amount; sums end there.
    public static let most = Money(picodollars: .max)

    /// The amount in dollars, as near as a double comes.
    public var dollars: Double { Double(picodollars) / Double(Self.perDollar) }

    /// Whether the left amount is smaller.
    public static func < (left: Money, right: Money) -> Bool { left.picodollars < right.picodollars }

    /// The sum, at most ``most``.
    public static func + (left: Money, right: Money) -> Money {
        let (sum, overflow) = left.picodollars.addingReportingOverflow(right.picodollars)
        return Money(picodollars: overflow ? (left.picodollars < 0 ? .min : .max) : sum)
    }

    /// The difference.
    public static func - (left: Money, right: Money) -> Money {
        let (difference, overflow) = left.picodollars.subtractingReportingOverflow(right.picodollars)
        return Money(picodollars: overflow ? (left.picodollars < 0 ? .min : .max) : difference)
    }

    /// So many times the amount, at most ``most``; `count` must not be negative.
    public static func * (amount: Money, count: Int) -> Money {
        let (product, overflow) = amount.picodollars.multipliedReportingOverflow(by: Int64(count))
        return Money(picodollars: overflow ? (amount.picodollars < 0 ? .min : .max) : product)
    }

    /// Adds an amount.
    public static func += (left: inout Money, right: Money) { left = left + right }
}
