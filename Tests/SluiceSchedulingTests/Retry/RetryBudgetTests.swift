import SluiceCore
import SluiceScheduling
import Testing

struct RetryBudgetTests {
    private func drained(share: Double = 0.2, concurrency: Int = 1) -> RetryBudget {
        var budget = RetryBudget(share: share, concurrency: concurrency)
        while budget.take(now: at(0)) {}
        return budget
    }

    private func count(_ budget: inout RetryBudget, at seconds: Double) -> Int {
        var count = 0
        while budget.take(now: at(seconds)) { count += 1 }
        return count
    }

    @Test(arguments: [(1, 100), (100, 100), (256, 256), (10_000, 10_000)])
    func `it starts with a hundred, or one for each request in flight`(concurrency: Int, expected: Int) {
        var budget = RetryBudget(share: 0.2, concurrency: concurrency)
        let taken = count(&budget, at: 0)
        #expect(taken == expected)
    }

    @Test func `five answers pay for a retry`() {
        var budget = drained()
        for _ in 1...50 { budget.deposit() }
        let taken = count(&budget, at: 0)
        #expect(taken == 10)
    }

    @Test func `ten a second are free`() {
        var budget = drained(share: 0)
        #expect(budget.due(now: at(0)) == at(0.1))
        let taken = [count(&budget, at: 0.05), count(&budget, at: 1.05), count(&budget, at: 2.05)]
        #expect(taken == [0, 10, 10])
    }

    @Test func `no more is saved than it holds`() {
        var budget = drained()
        for _ in 1...10_000 { budget.deposit() }
        let taken = count(&budget, at: 100_000)
        #expect(taken == 100)
    }
}
