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
    /// How far requests are admitted at present, at most ``limit``.
    ///
    /// A process that dies cannot say what was in flight. So it says beforehand how far it will go, and goes no further
    /// before that is on the disk; after a death all of it counts as spent.
    package private(set) var lease: Money
    /// What ended requests have cost.
    package private(set) var spent: Money
    /// What the requests in flight cost at most.
    package private(set) var reserved = Money.zero

    private var admitted = 0
    private var line: [Waiting] = []
    private var waitingAmount = Money.zero

    /// - Parameters:
    ///   - spent: What earlier runs have spent of the amount.
    ///   - lease: How far requests are admitted at first; nil where nothing has to be said beforehand.
    package init(limit: Money, spent: Money = .zero, lease: Money? = nil) {
        self.limit = limit
        self.spent = spent
        self.lease = min(lease ?? limit, limit)
    }

    /// How many wait for room.
    package var waiting: Int { line.count }

    /// Asks for leave to spend at most an amount.
    package mutating func request(_ ticket: Ticket, atMost amount: Money) -> Decision {
        let decision = line.isEmpty ? decide(amount) : .waits
        if decision == .waits {
            line.append(Waiting(ticket: ticket, amount: amount))
            waitingAmount += amount
        }
        return decision
    }

    /// The lease that is needed next; nil while the present one will do for a while.
    ///
    /// It leaves room for as much as is in flight and waits, so that it is asked for long before requests wait for it.
    package var wantedLease: Money? {
        guard lease < limit else { return nil }
        let committed = spent + reserved + waitingAmount
        let margin = max(reserved + waitingAmount, Money(picodollars: limit.picodollars / 200))
        guard committed + Money(picodollars: margin.picodollars / 2) > lease else { return nil }
        return min(limit, committed + margin)
    }

    /// Goes further from now on; a smaller lease changes nothing.
    /// - Returns: What is now decided for those who waited, in order.
    package mutating func extend(to lease: Money) -> [(Ticket, Decision)] {
        self.lease = max(self.lease, min(lease, limit))
        return advance()
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
        waitingAmount = waitingAmount - line.remove(at: index).amount
        return (true, advance())
    }

    /// Takes out all who wait.
    package mutating func removeAll() -> [Ticket] {
        defer {
            line = []
            waitingAmount = .zero
        }
        return line.map(\.ticket)
    }

    private mutating func advance() -> [(Ticket, Decision)] {
        var decided: [(Ticket, Decision)] = []
        while let first = line.first {
            let decision = decide(first.amount)
            if decision == .waits { break }
            line.removeFirst()
            waitingAmount = waitingAmount - first.amount
            decided.append((first.ticket, decision))
        }
        return decided
    }

    private mutating func decide(_ amount: Money) -> Decision {
        let committed = spent + reserved + amount
        guard committed <= limit else { return admitted > 0 ? .waits : .refused }
        guard committed <= lease else { return .waits }
        admitted += 1
        reserved += amount
        return .admitted
    }
}
