internal import SluiceCore

/// A part of every limit of an account, for one of several runs that share it without knowing of each other.
public struct LimitShare: Sendable, Equatable {
    private static let most = 1_000_000
    /// Which part, from 0.
    public let index: Int
    /// How many parts there are.
    public let count: Int

    /// The part with this number, 0 to `count` − 1.
    public init(index: Int, count: Int) {
        self.count = max(1, count)
        self.index = min(max(0, index), self.count - 1)
    }

    /// `0/2`, as day counters know it.
    var name: String { "\(index)/\(count)" }

    /// An account with this part of its limits.
    /// - Throws: ``SluiceError`` if a limit is too small to be shared, or for more than a million parts.
    func part(of account: Account) throws(SluiceError) -> Account {
        guard count <= Self.most else {
            throw SluiceError(
                .configuration, "limits cannot be shared by \(count) runs", hint: "\(Self.most) is the most")
        }
        var account = account
        account.limits = try part(of: account.limits, name: account.name)
        for (model, limits) in account.modelLimits {
            account.modelLimits[model] = try part(of: limits, name: account.name)
        }
        return account
    }

    private func part(of limits: Limits, name: String) throws(SluiceError) -> Limits {
        var part = limits
        let share = 1 / Double(count)
        part.requestsPerSecond = limits.requestsPerSecond.map { $0 * share }
        part.minimumInterval = limits.minimumInterval.map { .seconds($0.seconds * Double(count)) }
        part.requestsPerMinute = limits.requestsPerMinute.map { $0 * share }
        part.tokensPerMinute = limits.tokensPerMinute.map { $0 * share }
        part.inputTokensPerMinute = limits.inputTokensPerMinute.map { $0 * share }
        part.outputTokensPerMinute = limits.outputTokensPerMinute.map { $0 * share }
        part.tokensPerDay = limits.tokensPerDay.map { $0 * share }
        part.spendPerDay = limits.spendPerDay.map { Money(picodollars: $0.picodollars / Int64(count)) }
        part.requestsPerDay = try limits.requestsPerDay.map { limit throws(SluiceError) in
            Double(try whole(Int(exactly: limit.rounded(.down)) ?? .max, "requests per day", name))
        }
        part.concurrency = try limits.concurrency.map { limit throws(SluiceError) in
            try whole(limit, "concurrency", name)
        }
        return part
    }

    /// A part of a whole number; the first parts are larger by one if it cannot be shared evenly.
    private func whole(_ limit: Int, _ what: String, _ name: String) throws(SluiceError) -> Int {
        let part = limit / count + (index < limit % count ? 1 : 0)
        guard part > 0 else {
            throw SluiceError(
                .configuration, "the \(what) of \(name), \(limit), cannot be shared by \(count) runs",
                hint: "share it among fewer")
        }
        return part
    }
}
