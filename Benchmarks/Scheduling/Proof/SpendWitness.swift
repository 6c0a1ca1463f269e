import SluiceCore

/// What a provider bills, and what it could bill yet, against the amount that a run may spend.
struct SpendWitness {
    /// What a token of a prompt and one of an answer cost.
    static let prices = (input: Money(picodollars: 2_500_000), output: Money(picodollars: 10_000_000))

    let limit: Money
    private var billed = Money.zero
    /// What the client was told that it cost.
    private(set) var booked = Money.zero
    private var open = Money.zero

    init(limit: Money) {
        self.limit = limit
    }

    /// The price of so many tokens.
    static func price(input: Int, output: Int) -> Money { prices.input * input + prices.output * output }

    /// Whether the amount can be passed by what was billed and what is in flight.
    var isPassed: Bool { billed + open > limit }

    /// The client takes note of what a request cost.
    mutating func book(_ cost: Money) { booked += cost }

    /// A request goes that can cost so much at most.
    mutating func send(atMost ceiling: Money) { open += ceiling }

    /// It has ended, and was billed.
    mutating func end(atMost ceiling: Money, billed cost: Money) {
        open = open - ceiling
        billed += cost
    }
}
