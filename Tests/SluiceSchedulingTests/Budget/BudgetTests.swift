import SluiceCore
import SluiceScheduling
import Testing

@Suite struct BudgetTests {
    private func cents(_ count: Int) -> Money { Money(picodollars: Int64(count) * 10_000_000_000) }

    @Test func `requests are admitted while all in flight fit at their highest`() {
        var budget = Budget(limit: cents(10))
        #expect(budget.request(Ticket(1), atMost: cents(4)) == .admitted)
        #expect(budget.request(Ticket(2), atMost: cents(6)) == .admitted)
        #expect(budget.request(Ticket(3), atMost: cents(1)) == .waits)
        #expect(budget.reserved == cents(10))
    }

    @Test func `what costs less than was reserved makes room, in order`() {
        var budget = Budget(limit: cents(10))
        _ = budget.request(Ticket(1), atMost: cents(10))
        #expect(budget.request(Ticket(2), atMost: cents(5)) == .waits)
        #expect(budget.request(Ticket(3), atMost: cents(1)) == .waits)
        let decided = budget.settle(reserved: cents(10), cost: cents(4))
        #expect(decided.map(\.0) == [Ticket(2), Ticket(3)])
        #expect(decided.allSatisfy { $0.1 == .admitted })
        #expect(budget.spent == cents(4))
        #expect(budget.reserved == cents(6))
    }

    @Test func `with nothing in flight what does not fit never will`() {
        var budget = Budget(limit: cents(10), spent: cents(9))
        #expect(budget.request(Ticket(1), atMost: cents(2)) == .refused)
        #expect(budget.request(Ticket(2), atMost: cents(1)) == .admitted)
        #expect(budget.request(Ticket(3), atMost: cents(1)) == .waits)
        let decided = budget.settle(reserved: cents(1), cost: cents(1))
        #expect(decided.map(\.1) == [.refused])
        #expect(budget.spent == cents(10))
    }

    @Test func `a request that was not sent costs nothing`() {
        var budget = Budget(limit: cents(5))
        _ = budget.request(Ticket(1), atMost: cents(5))
        _ = budget.settle(reserved: cents(5), cost: .zero)
        #expect(budget.request(Ticket(2), atMost: cents(5)) == .admitted)
    }

    @Test func `one that is given up lets those behind it go`() {
        var budget = Budget(limit: cents(10))
        _ = budget.request(Ticket(1), atMost: cents(6))
        #expect(budget.request(Ticket(2), atMost: cents(9)) == .waits)
        #expect(budget.request(Ticket(3), atMost: cents(2)) == .waits)
        let (wasThere, decided) = budget.cancel(Ticket(2))
        #expect(wasThere)
        #expect(decided.map(\.0) == [Ticket(3)])
        #expect(budget.cancel(Ticket(2)).0 == false)
        _ = budget.request(Ticket(4), atMost: cents(9))
        #expect(budget.removeAll() == [Ticket(4)])
        #expect(budget.waiting == 0)
    }

    /// Whatever comes, what is spent and what is in flight at its highest stay within the amount.
    @Test(arguments: [1, 2, 3] as [UInt64]) func `the amount is never passed`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var budget = Budget(limit: cents(10_000))
        var open: [Money] = []
        var waiting: [Ticket: Money] = [:]
        var refused = 0
        func take(_ ticket: Ticket, _ amount: Money, _ decision: Budget.Decision) {
            switch decision {
            case .admitted: open.append(amount)
            case .waits: waiting[ticket] = amount
            case .refused: refused += 1
            }
        }
        for number in 0..<20_000 {
            if Bool.random(using: &random) {
                let ticket = Ticket(UInt64(number))
                let amount = cents(Int.random(in: 1...50, using: &random))
                take(ticket, amount, budget.request(ticket, atMost: amount))
            } else if !open.isEmpty {
                let amount = open.remove(at: Int.random(in: 0..<open.count, using: &random))
                let cost = Money(picodollars: Int64.random(in: 0...amount.picodollars, using: &random))
                for (ticket, decision) in budget.settle(reserved: amount, cost: cost) {
                    if let held = waiting.removeValue(forKey: ticket) { take(ticket, held, decision) }
                }
            }
            #expect(budget.spent + budget.reserved <= budget.limit)
            #expect(budget.waiting == waiting.count)
            #expect(budget.reserved == open.reduce(.zero, +))
        }
        #expect(refused > 0)
    }

    @Test func `no request goes beyond what was said beforehand, and the next amount is asked for in time`() {
        let dollar = Money(picodollars: 1_000_000_000_000)
        var budget = Budget(limit: dollar * 100, spent: dollar * 10, lease: dollar * 10)
        // Half a dollar is the least that is leased at once.
        #expect(budget.wantedLease == Money(picodollars: 10_500_000_000_000))
        #expect(budget.request(Ticket(1), atMost: dollar * 2) == .waits)
        #expect(budget.request(Ticket(2), atMost: dollar * 2) == .waits)
        // 10 spent, 4 waiting, and as much again.
        #expect(budget.wantedLease == dollar * 18)
        let decided = budget.extend(to: dollar * 18)
        #expect(decided.map(\.0) == [Ticket(1), Ticket(2)])
        #expect(decided.allSatisfy { $0.1 == .admitted })
        #expect(budget.wantedLease == nil)
        #expect(budget.request(Ticket(3), atMost: dollar * 3) == .admitted)
        #expect(budget.wantedLease == dollar * 24)
        _ = budget.extend(to: dollar * 24)
        // A smaller one takes nothing back, and a larger one than the limit is the limit.
        _ = budget.extend(to: dollar)
        #expect(budget.lease == dollar * 24)
        _ = budget.extend(to: dollar * 500)
        #expect(budget.lease == dollar * 100)
        #expect(budget.wantedLease == nil)
        // What never fits is refused all the same once nothing is in flight.
        for amount in [2, 2, 3] { _ = budget.settle(reserved: dollar * amount, cost: dollar * amount) }
        #expect(budget.request(Ticket(4), atMost: dollar * 90) == .refused)
    }

    @Test func `whoever gives up while it waits for the lease is not counted any more`() {
        let dollar = Money(picodollars: 1_000_000_000_000)
        var budget = Budget(limit: dollar * 100, lease: .zero)
        #expect(budget.request(Ticket(1), atMost: dollar * 40) == .waits)
        #expect(budget.cancel(Ticket(1)).0)
        #expect(budget.wantedLease == Money(picodollars: 500_000_000_000))
        #expect(budget.request(Ticket(2), atMost: dollar) == .waits)
        #expect(budget.removeAll() == [Ticket(2)])
        #expect(budget.wantedLease == Money(picodollars: 500_000_000_000))
    }
}
