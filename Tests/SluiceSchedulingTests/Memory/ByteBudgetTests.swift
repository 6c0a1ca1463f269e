import SluiceCore
import SluiceScheduling
import Testing

@Suite struct ByteBudgetTests {
    @Test func `what fits is reserved at once, what does not fit waits for its turn`() {
        let budget = Held<String>(limit: 100)
        #expect(budget.reserve(60))
        #expect(!budget.reserve(50))
        budget.wait(for: 50, "a")
        #expect(!budget.reserve(10), "who comes later does not overtake")
        budget.wait(for: 10, "b")
        #expect(budget.release(60) == ["a", "b"])
        #expect(budget.reserved == 60)
    }

    @Test func `what is larger than the whole budget is let through alone`() {
        let budget = Held<String>(limit: 100)
        #expect(budget.reserve(1))
        #expect(!budget.reserve(1000))
        budget.wait(for: 1000, "large")
        #expect(budget.release(1) == ["large"])
        #expect(!budget.reserve(1))
        budget.wait(for: 1, "small")
        #expect(budget.release(1000) == ["small"])
    }

    @Test func `the end of the run lets everybody through`() {
        let budget = Held<Int>(limit: 10)
        #expect(budget.reserve(10))
        budget.wait(for: 10, 1)
        budget.wait(for: 10, 2)
        #expect(budget.close() == [1, 2])
        #expect(budget.reserve(10))
        #expect(budget.release(40).isEmpty)
        #expect(budget.reserved == 0)
    }

    @Test(arguments: 1...20)
    func `thousands of sizes in any order all have their turn, and never more than the budget or one alone`(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        let budget = Held<Int>(limit: 1000)
        var left = (0..<2000).map { _ in Int.random(in: 0...1500, using: &random) }
        let sizes = left
        var next = 0
        var holders: [Int] = []
        var waiting = 0
        while next < sizes.count || !holders.isEmpty {
            if next < sizes.count, waiting < 50, holders.isEmpty || Bool.random(using: &random) {
                if budget.reserve(sizes[next]) {
                    holders.append(next)
                } else {
                    budget.wait(for: sizes[next], next)
                    waiting += 1
                }
                next += 1
            } else {
                let holder = holders.remove(at: Int.random(in: holders.indices, using: &random))
                let served = budget.release(sizes[holder])
                left[holder] = -1
                waiting -= served.count
                holders += served
            }
            #expect(budget.reserved == holders.reduce(0) { $0 + sizes[$1] })
            #expect(budget.reserved <= 1000 || holders.count(where: { sizes[$0] > 0 }) == 1)
            #expect(!holders.isEmpty || waiting == 0, "somebody is always on the way while others wait")
        }
        #expect(left.allSatisfy { $0 == -1 })
        #expect(budget.reserved == 0)
    }

    /// A budget behind a reference, whose changes `#expect` can look at.
    private final class Held<Waiter> {
        private var budget: ByteBudget<Waiter>

        init(limit: Int) { budget = ByteBudget(limit: limit) }

        var reserved: Int { budget.reserved }
        func reserve(_ bytes: Int) -> Bool { budget.reserve(bytes) }
        func wait(for bytes: Int, _ waiter: Waiter) { budget.wait(for: bytes, waiter) }
        func release(_ bytes: Int) -> [Waiter] { budget.release(bytes) }
        func close() -> [Waiter] { budget.close() }
    }
}
