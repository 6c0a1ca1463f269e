public import SluiceCore

/// What a model costs: by service, by the length of the prompt, by the hour.
public struct Price: Sendable, Equatable {
    /// The ways to be served that have prices of their own.
    public enum Service: String, Sendable, CaseIterable {
        /// At once, at the ordinary price.
        case standard
        /// In a batch, within a day.
        case batch
        /// At once but last in line (`service_tier: flex`).
        case flex
        /// First in line (`service_tier: priority`).
        case priority
    }

    /// Rates that hold for the whole request once its prompt is longer than so many tokens.
    public struct Tier: Sendable, Equatable {
        /// The prompt tokens that must be exceeded; 0 for the lowest tier.
        public var above: Int
        /// The rates.
        public var rates: Rates

        /// Rates above a length of the prompt.
        public init(above: Int, rates: Rates) {
            self.above = above
            self.rates = rates
        }
    }

    /// The tiers of each service by ascending length; the standard ones are never empty.
    public private(set) var tiers: [Service: [Tier]]
    /// Other standard rates at certain hours.
    public var offPeak: OffPeak?

    /// A price that depends on nothing.
    public init(_ rates: Rates) {
        tiers = [.standard: [Tier(above: 0, rates: rates)]]
    }

    /// Prices by service; nil without a standard one.
    public init?(tiers: [Service: [Tier]], offPeak: OffPeak? = nil) {
        self.tiers = tiers.mapValues { $0.sorted { $0.above < $1.above } }
        self.offPeak = offPeak
        guard self.tiers[.standard]?.isEmpty == false else { return nil }
    }

    /// The rates of a request; nil if the service has no listed price.
    public func rates(_ service: Service = .standard, prompt tokens: Int, at time: WallTime) -> Rates? {
        guard let tiers = self.tiers[service], let lowest = tiers.first else { return nil }
        let tier = tiers.last { tokens > $0.above } ?? lowest
        if service == .standard, tier.above == 0, let offPeak, offPeak.holds(at: time) { return offPeak.rates }
        return tier.rates
    }

    /// What an answer cost.
    ///
    /// A service without a listed price costs the ordinary one, a batch half of it: that is what most providers ask.
    public func cost(of usage: Usage, _ service: Service = .standard, at time: WallTime) -> Money {
        if let rates = rates(service, prompt: usage.input, at: time) { return rates.cost(of: usage) }
        let full = rates(prompt: usage.input, at: time)?.cost(of: usage) ?? .zero
        return service == .batch ? Money(picodollars: (full.picodollars + 1) / 2) : full
    }

    /// The most that a request can cost: the dearest tier that its prompt can reach, outside of off-peak hours.
    public func ceiling(input: Int, output: Int, _ service: Service = .standard) -> Money {
        let tiers = self.tiers[service] ?? self.tiers[.standard] ?? []
        return tiers.filter { $0.above == 0 || input > $0.above }
            .map { $0.rates.ceiling(input: input, output: output) }.max() ?? .zero
    }
}
