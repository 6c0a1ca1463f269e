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

    @Test func `what needs more than expected goes before all that has nothing yet`() {
        let budget = Held<String>(limit: 100)
        #expect(budget.reserve(40) && budget.reserve(40))
        budget.wait(for: 30, "row")
        #expect(budget.grow(by: 20, isFirst: true, "a"))
        #expect(!budget.grow(by: 30, isFirst: true, "b"))
        #expect(budget.release(40) == ["b"])
        #expect(!budget.reserve(1))
        #expect(budget.shrink(by: 20) == ["row"])
        #expect(budget.shrink(by: 30).isEmpty)
        #expect(budget.reserved == 70)
    }

    @Test func `of those that need more one always goes on, whatever it needs`() {
        let budget = Held<String>(limit: 100)
        #expect(budget.reserve(100))
        #expect(budget.grow(by: 500, isFirst: true, "a"))
        #expect(!budget.grow(by: 10, isFirst: true, "b"))
        #expect(budget.grow(by: 500, isFirst: false, "a"), "it is still the only one")
        #expect(budget.shrink(by: 1000) == ["b"])
        #expect(budget.reserved == 110)
    }

    @Test(arguments: 1...20)
    func `whatever grows in any order ends, and at most one goes beyond the budget`(seed: UInt64) {
        struct Reply {
            var taken = 0
            var needs: Int
            var steps: Int
            var isWaiting = false
        }
        var random = SplitMix64(seed: seed)
        let budget = Held<Int>(limit: 1000)
        var replies = (0..<300).map { _ in Reply(needs: random.below(600) + 1, steps: random.below(3) + 1) }
        var open = Array(replies.indices)
        func serve(_ served: [Int]) {
            for index in served {
                replies[index].isWaiting = false
                replies[index].taken += replies[index].needs
                replies[index].steps -= 1
            }
        }
        while !open.isEmpty {
            let going = open.prefix(40).filter { !replies[$0].isWaiting }
            guard let index = going.isEmpty ? nil : going[random.below(going.count)] else {
                Issue.record("all wait")
                return
            }
            if replies[index].steps > 0 {
                if budget.grow(by: replies[index].needs, isFirst: replies[index].taken == 0, index) {
                    serve([index])
                } else {
                    replies[index].isWaiting = true
                }
            } else {
                open.removeAll { $0 == index }
                serve(budget.shrink(by: replies[index].taken))
            }
            #expect(budget.reserved == open.reduce(0) { $0 + replies[$1].taken })
        }
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
        func grow(by bytes: Int, isFirst: Bool, _ waiter: Waiter) -> Bool {
            budget.grow(by: bytes, isFirst: isFirst, waiter)
        }
        func shrink(by bytes: Int) -> [Waiter] { budget.shrink(by: bytes) }
        func close() -> [Waiter] { budget.close() }
    }
}
