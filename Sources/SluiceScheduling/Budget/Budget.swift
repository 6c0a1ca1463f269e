package import SluiceCore

/// Keeps a run within an amount of money: what was spent, what is in flight at its highest, and who waits for room.
///
/// A request is admitted only if the run cannot pass the amount even if every request in flight costs the most that it
/// can. One that does not fit waits while others are in flight, since most of them cost less than was reserved; when
/// nothing is in flight any more, it never fits. Those behind it wait, too: otherwise short rows would run ahead and a
/// long one would starve.
package struct Budget: Sendable {
    /// What follows for a request.
    package enum Decision: Sendable, Equatable {
        /// Its cost is reserved.
        case admitted
        /// There may be room when others have ended.
        case waits
        /// There will never be room.
        case refused
    }

    private struct Waiting: Sendable {
        let ticket: Ticket
        let amount: Money
    }

    /// The amount that is never passed.
    package let limit: Money
    /// What ended requests have cost.
    package private(set) var spent: Money
    /// What the requests in flight cost at most.
    package private(set) var reserved = Money.zero

    private var admitted = 0
    private var line: [Waiting] = []

    /// - Parameter spent: What earlier runs have spent of the amount.
    package init(limit: Money, spent: Money = .zero) {
        self.limit = limit
        self.spent = spent
    }

    /// How many wait for room.
    package var waiting: Int { line.count }

    /// Asks for leave to spend at most an amount.
    package mutating func request(_ ticket: Ticket, atMost amount: Money) -> Decision {
        guard line.isEmpty else {
            line.append(Waiting(ticket: ticket, amount: amount))
            return .waits
        }
        let decision = decide(amount)
        if decision == .waits { line.append(Waiting(ticket: ticket, amount: amount)) }
        return decision
    }

    /// Ends an admitted request; `cost` is what it really took, nothing if it was not sent.
    /// - Returns: What is now decided for those who waited, in order.
    package mutating func settle(reserved amount: Money, cost: Money) -> [(Ticket, Decision)] {
        admitted -= 1
        reserved = reserved - amount
        spent += cost
        return advance()
    }

    /// Takes a waiting request out; returns whether it was there, and what that decides for the others.
    package mutating func cancel(_ ticket: Ticket) -> (Bool, [(Ticket, Decision)]) {
        guard let index = line.firstIndex(where: { $0.ticket == ticket }) else { return (false, []) }
        line.remove(at: index)
        return (true, advance())
    }

    /// Takes out all who wait.
    package mutating func removeAll() -> [Ticket] {
        defer { line = [] }
        return line.map(\.ticket)
    }

    private mutating func advance() -> [(Ticket, Decision)] {
        var decided: [(Ticket, Decision)] = []
        while let first = line.first {
            let decision = decide(first.amount)
            if decision == .waits { break }
            line.removeFirst()
            decided.append((first.ticket, decision))
        }
        return decided
    }

    private mutating func decide(_ amount: Money) -> Decision {
        guard spent + reserved + amount <= limit else { return admitted > 0 ? .waits : .refused }
        admitted += 1
        reserved += amount
        return .admitted
    }
}
