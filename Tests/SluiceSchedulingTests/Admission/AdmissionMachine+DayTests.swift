import SluiceCore
import SluiceScheduling
import Testing

/// Limits per day that are counted outside: nothing goes that was not counted before.
@Suite struct AdmissionMachineDayTests {
    /// A day that is counted outside the machine, and possibly used by others.
    private struct Day {
        var limit: Double
        var counted = 0.0
        var ends = 5000.0
        /// The largest part that is handed out.
        var part = Double.infinity

        mutating func answer(_ demand: DayDemand) -> DayReservation {
            let room = max(0, limit - counted)
            let amount = room >= demand.need ? max(demand.need, min(demand.wanted, room, part)) : room
            counted += amount
            return DayReservation(
                account: demand.account, model: demand.model, kind: demand.kind, amount: amount, period: Int64(ends),
                expires: SluiceSchedulingTests.at(ends),
                spentUntil: amount < demand.need ? SluiceSchedulingTests.at(ends) : nil)
        }
    }

    private func machine(patience: TimeSpan? = nil, _ configure: (inout Limits) -> Void) -> Harness {
        var limits = Limits()
        configure(&limits)
        var account = AdmissionPolicy.Account(name: "a", limits: limits, credentials: ["a-0"])
        account.sharesDays = true
        var policy = AdmissionPolicy(accounts: [account], concurrency: 1000)
        policy.dayPatience = patience
        return Harness(policy)
    }

    /// Answers everything that is asked for, also what is asked for in consequence.
    private func answer(_ run: inout Harness, _ day: inout Day, at seconds: Double = 0) {
        while !run.demands.isEmpty {
            let demand = run.demands.removeFirst()
            run.send(.reserved(day.answer(demand)), at: seconds)
        }
    }

    @Test func `nothing is sent before it is counted, and never more than was counted`() {
        var run = machine { $0.requestsPerDay = 10 }
        var day = Day(limit: 10)
        for ticket in 1...20 { run.ask(UInt64(ticket)) }
        #expect(run.order.isEmpty)
        #expect(run.demands.map(\.need) == [1])
        #expect(run.waiting(at: 0)?.cause == .dayCounter(account: "a"))
        while !run.demands.isEmpty {
            let demand = run.demands.removeFirst()
            let reservation = day.answer(demand)
            #expect(Double(run.order.count) <= day.counted - reservation.amount)
            run.send(.reserved(reservation), at: 0)
            #expect(Double(run.order.count) <= day.counted)
            run.run(until: 1)
        }
        #expect(run.order.count == 10)
        #expect(run.waiting(at: 1)?.text == "quota of a (requests per day), 1h 23m")
        // The new day is counted anew, and only by asking again.
        day.counted = 0
        day.ends += 86_400
        run.run(until: 5000)
        #expect(run.order.count == 10)
        answer(&run, &day, at: 5000)
        run.run(until: 5001)
        #expect(run.order.count == 20)
    }

    @Test func `parts grow with the speed and shrink without it, and the next is asked for before one ends`() {
        var run = machine { $0.requestsPerDay = 1e6 }
        var day = Day(limit: 1e6, ends: 1e6)
        var parts: [Double] = []
        for ticket in 1...2000 {
            let seconds = Double(ticket) / 1000
            run.ask(UInt64(ticket), at: seconds)
            run.run(until: seconds)
            for demand in run.demands { parts.append(demand.wanted) }
            answer(&run, &day, at: seconds)
            run.settle(UInt64(ticket), .answered(tokens: nil), at: seconds)
        }
        #expect(run.order.count == 2000)
        #expect(parts.count < 20)
        #expect(day.counted - 2000 <= 4000)
        let before = parts.count
        for ticket in 2001...5000 {
            run.ask(UInt64(ticket), at: Double(ticket))
            run.run(until: Double(ticket))
            for demand in run.demands { parts.append(demand.wanted) }
            answer(&run, &day, at: Double(ticket))
            run.settle(UInt64(ticket), .answered(tokens: nil), at: Double(ticket))
        }
        #expect(parts.count > before)
        #expect((parts.last ?? 0) <= 16)
    }

    @Test func `what is left of the parts can be given back, so that the day is charged what was sent`() {
        var run = machine { $0.requestsPerDay = 100 }
        var day = Day(limit: 100)
        for ticket in 1...5 { run.ask(UInt64(ticket)) }
        answer(&run, &day)
        run.run(until: 1)
        answer(&run, &day, at: 1)
        #expect(run.order.count == 5)
        let left = run.machine.dayBalances()
        #expect(day.counted - left.reduce(0) { $0 + $1.amount } == 5)
        #expect(left.allSatisfy { $0.period == 5000 })
    }

    @Test func `a request that was not sent is not counted, one that was refused is`() {
        var run = machine { $0.requestsPerDay = 2 }
        var day = Day(limit: 2)
        for ticket in 1...3 { run.ask(UInt64(ticket)) }
        answer(&run, &day)
        run.run(until: 1)
        answer(&run, &day, at: 1)
        #expect(run.order == [1, 2])
        run.settle(1, .returned, at: 1)
        run.run(until: 2)
        #expect(run.order == [1, 2, 3])
        run.settle(2, .throttled(wait: nil), at: 2)
        run.ask(4, at: 2)
        run.run(until: 100)
        #expect(run.order == [1, 2, 3])
    }

    @Test func `tokens and money are counted at their highest and corrected by what they were`() {
        var run = machine {
            $0.tokensPerDay = 1000
            $0.spendPerDay = Money(dollars: 1)
        }
        var tokens = Day(limit: 1000)
        var money = Day(limit: 1e12)
        func answerBoth(_ run: inout Harness, at seconds: Double) {
            while !run.demands.isEmpty {
                let demand = run.demands.removeFirst()
                run.send(
                    .reserved(demand.kind == .tokens ? tokens.answer(demand) : money.answer(demand)), at: seconds)
            }
        }
        let demand = TokenDemand(input: 100, output: 100, ceiling: Money(dollars: 0.4) ?? .zero)
        for ticket in 1...6 { run.ask(UInt64(ticket), demand: demand) }
        answerBoth(&run, at: 0)
        run.run(until: 1)
        answerBoth(&run, at: 1)
        // Two of 40 cents fit into the dollar; five of 200 tokens would fit into the thousand.
        #expect(run.order == [1, 2])
        #expect(run.waiting(at: 1)?.text.hasPrefix("quota of a (spend per day)") == true)
        run.settle(1, .answered(tokens: TokenUse(input: 100, output: 10)), cost: Money(dollars: 0.1) ?? .zero, at: 1)
        run.settle(2, .answered(tokens: TokenUse(input: 100, output: 10)), cost: Money(dollars: 0.1) ?? .zero, at: 1)
        run.run(until: 2)
        #expect(run.order == [1, 2, 3, 4])
        run.settle(3, .failed(reason: "reset"), cost: Money(dollars: 0.4) ?? .zero, at: 2)
        run.settle(4, .failed(reason: "reset"), cost: Money(dollars: 0.4) ?? .zero, at: 2)
        run.run(until: 100)
        #expect(run.order == [1, 2, 3, 4])
        #expect(money.counted <= 1e12 && tokens.counted <= 1000)
        let left = run.machine.dayBalances().filter { $0.kind == .money }
        #expect(money.counted - left.reduce(0) { $0 + $1.amount } == 1e12)
    }

    @Test(arguments: [Settlement.abandoned, .failed(reason: "reset")])
    func `what may have been executed stays counted`(end: Settlement) {
        var run = machine { $0.tokensPerDay = 300 }
        var day = Day(limit: 300)
        for ticket in 1...2 { run.ask(UInt64(ticket), tokens: 200) }
        answer(&run, &day)
        run.run(until: 1)
        #expect(run.order == [1])
        run.settle(1, end, at: 1)
        run.run(until: 2)
        #expect(run.order == [1])
    }

    @Test func `a request that could cost more than a day allows is refused by name`() {
        var run = machine { $0.spendPerDay = Money(dollars: 1) }
        run.ask(1, demand: TokenDemand(ceiling: Money(dollars: 2) ?? .zero))
        #expect(
            run.refusals[1] == .tooDear(ceiling: Money(dollars: 2) ?? .zero, limit: Money(dollars: 1) ?? .zero))
        var tokens = machine { $0.tokensPerDay = 100 }
        tokens.ask(1, tokens: 101)
        #expect(tokens.refusals[1] == .tooLarge(needs: 101, limit: 100))
    }

    @Test func `requests are refused when all that is left is another day, and only then`() {
        var run = machine(patience: .seconds(300)) { $0.requestsPerDay = 3 }
        var day = Day(limit: 3)
        for ticket in 1...5 { run.ask(UInt64(ticket)) }
        answer(&run, &day)
        run.run(until: 1)
        answer(&run, &day, at: 1)
        #expect(run.order == [1, 2, 3])
        // Requests in flight may come back unsent.
        #expect(run.refusals.isEmpty)
        run.settle(1, .returned, at: 1)
        #expect(run.order == [1, 2, 3, 4])
        for ticket in 2...4 { run.settle(UInt64(ticket), .answered(tokens: nil), at: 2) }
        #expect(
            run.refusals[5] == .dayUsedUp(until: at(5000), reasons: ["requests per day of a"], concernsModel: true))
        run.ask(6, at: 4800)
        #expect(run.refusals[6] == nil)
        #expect(run.waiting(at: 4800)?.text == "quota of a (requests per day), 3m 20s")
    }

    /// Two accounts with limits per day, of which each request that comes is refused where only another day is left.
    private func two(_ configure: (inout Limits, inout Limits) -> Void) -> Harness {
        var (first, second) = (Limits(), Limits())
        configure(&first, &second)
        var policy = AdmissionPolicy(
            accounts: [("a", first), ("b", second)].map { name, limits in
                var account = AdmissionPolicy.Account(name: name, limits: limits, credentials: [name])
                account.sharesDays = true
                return account
            }, concurrency: 1000)
        policy.dayPatience = .seconds(300)
        return Harness(policy)
    }

    @Test func `an account that can never pay for a request is not waited for, and keeps its day for others`() {
        let cents = { (count: Int) in Money(picodollars: Int64(count) * 10_000_000_000) }
        var run = two {
            $0.spendPerDay = cents(10)
            $1.spendPerDay = cents(100)
        }
        var small = Day(limit: Double(cents(10).picodollars))
        var large = Day(limit: Double(cents(100).picodollars))
        func answer(at seconds: Double) {
            while !run.demands.isEmpty {
                let demand = run.demands.removeFirst()
                run.send(.reserved(demand.account == 0 ? small.answer(demand) : large.answer(demand)), at: seconds)
            }
        }
        run.ask(1, demand: TokenDemand(ceiling: cents(60)))
        answer(at: 0)
        #expect(run.grants[1]?.account == 1)
        run.settle(1, .answered(tokens: nil), cost: cents(60), at: 1)
        run.ask(2, demand: TokenDemand(ceiling: cents(60)), at: 1)
        answer(at: 1)
        #expect(run.refusals == [2: .dayUsedUp(until: at(5000), reasons: ["spend per day of b"], concernsModel: false)])
        #expect(small.counted == 0)
    }

    @Test func `a request that one account cannot pay for and the other has no room for is refused at once`() {
        var run = two {
            $0.spendPerDay = Money(dollars: 1)
            $1.tokensPerDay = 100
        }
        run.ask(1, demand: TokenDemand(input: 200, ceiling: Money(dollars: 2) ?? .zero))
        #expect(
            run.refusals[1] == .tooDear(ceiling: Money(dollars: 2) ?? .zero, limit: Money(dollars: 1) ?? .zero))
    }

    @Test func `an account whose day is used up leaves the others to work`() {
        var limits = Limits()
        limits.requestsPerDay = 2
        var first = AdmissionPolicy.Account(name: "a", limits: limits, credentials: ["a-0"])
        first.sharesDays = true
        let second = AdmissionPolicy.Account(
            name: "b", limits: Limits(requestsPerMinute: 600), credentials: ["b-0"])
        var policy = AdmissionPolicy(accounts: [first, second], concurrency: 1000)
        policy.dayPatience = .seconds(300)
        var run = Harness(policy)
        var day = Day(limit: 2)
        for ticket in 1...40 {
            run.ask(UInt64(ticket), at: Double(ticket) / 100)
            answer(&run, &day, at: Double(ticket) / 100)
        }
        run.run(until: 10)
        #expect(run.order.count == 40)
        #expect(run.refusals.isEmpty)
        #expect(run.grants.values.count { $0.account == 0 } == 2)
    }
}
