internal import SluiceCore
internal import SluiceScheduling

/// Holds requests back that the budget has no room for; the others go on to the machine.
struct BudgetGate: Sendable {
    /// What follows: events for the machine, and requests that are refused here.
    struct Turn {
        /// Nearly always there is one; it is kept apart so that no array is made for it.
        var first: AdmissionMachine.Event?
        var more: [AdmissionMachine.Event] = []
        var refused: [(Ticket, AdmissionMachine.Refusal)] = []

        init(_ first: AdmissionMachine.Event? = nil, refused: [(Ticket, AdmissionMachine.Refusal)] = []) {
            self.first = first
            self.refused = refused
        }
    }

    private(set) var budget: Budget
    private var held: [Ticket: AdmissionMachine.Event] = [:]

    init(_ budget: Budget) {
        self.budget = budget
    }

    /// Whether requests wait for room.
    var isHolding: Bool { !held.isEmpty }

    mutating func request(_ ticket: Ticket, atMost amount: Money, _ event: AdmissionMachine.Event) -> Turn {
        switch budget.request(ticket, atMost: amount) {
        case .admitted: return Turn(event)
        case .waits:
            held[ticket] = event
            return Turn()
        case .refused: return Turn(refused: [(ticket, refusal)])
        }
    }

    mutating func settle(reserved: Money, cost: Money) -> Turn {
        turn(budget.settle(reserved: reserved, cost: cost))
    }

    mutating func extend(to lease: Money) -> Turn { turn(budget.extend(to: lease)) }

    /// Gives up a request that is held; nil if it is not.
    mutating func cancel(_ ticket: Ticket) -> Turn? {
        guard held.removeValue(forKey: ticket) != nil else { return nil }
        var turn = turn(budget.cancel(ticket).1)
        turn.refused.append((ticket, .cancelled))
        return turn
    }

    /// Gives up all that are held.
    mutating func stop() -> Turn {
        held = [:]
        return Turn(refused: budget.removeAll().map { ($0, .stopped) })
    }

    private mutating func turn(_ decided: [(Ticket, Budget.Decision)]) -> Turn {
        var turn = Turn()
        for (ticket, decision) in decided {
            guard let event = held.removeValue(forKey: ticket) else { continue }
            if decision == .admitted { turn.more.append(event) } else { turn.refused.append((ticket, refusal)) }
        }
        return turn
    }

    private var refusal: AdmissionMachine.Refusal { .overBudget(limit: budget.limit, spent: budget.spent) }
}
