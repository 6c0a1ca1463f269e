import SluiceCore
import SluiceScheduling
import Testing

struct LearnedConcurrencyTests {
    private func supposing(_ load: Int) -> LearnedConcurrency {
        var learned = LearnedConcurrency()
        learned.suppose(load: load, delay: .milliseconds(1), now: at(0))
        return learned
    }

    @Test func `holds below the load of the first refusals, and tries one more after a while`() {
        var learned = supposing(5)
        #expect(learned.limit == 4)
        learned.take(inFlight: 4, now: at(0.1))
        #expect(learned.limit == 4)
        learned.take(inFlight: 3, now: at(1))
        #expect(learned.limit == 4)
        learned.take(inFlight: 4, now: at(1))
        #expect(learned.limit == 5)
    }

    @Test func `a try that is refused explains itself and makes the next one wait twice as long`() {
        var learned = supposing(5)
        learned.take(inFlight: 4, now: at(1))
        let isExplained = learned.explains(load: 5, now: at(1))
        #expect(isExplained)
        #expect(learned.limit == 4)
        learned.take(inFlight: 4, now: at(1.4))
        #expect(learned.limit == 4)
        learned.take(inFlight: 4, now: at(1.6))
        #expect(learned.limit == 5)
    }

    @Test func `tries that are not refused in time are followed by twice as many`() {
        var learned = supposing(5)
        var limits: [Int] = []
        for round in 0..<12 {
            learned.take(inFlight: learned.limit, now: at(1 + 0.06 * Double(round)))
            if learned.limit != limits.last { limits.append(learned.limit) }
        }
        #expect(limits == [5, 7, 11, 19, 35, 67])
    }

    @Test func `those that went before a refused one are proven with time`() {
        var learned = supposing(5)
        for moment in [1, 1.1, 1.2] { learned.take(inFlight: learned.limit, now: at(moment)) }
        for moment in [1.3, 1.4] { learned.take(inFlight: learned.limit, now: at(moment)) }
        #expect(learned.limit == 11)
        let isExplained = learned.explains(load: 10, now: at(1.5))
        #expect(isExplained)
        #expect(learned.limit == 9)
        learned.take(inFlight: 9, now: at(1.6))
        #expect(learned.limit == 9)
        learned.take(inFlight: 9, now: at(2.1))
        #expect(learned.limit == 10)
    }

    @Test func `a refusal of what was proven is no matter of concurrency, and two episodes refute it`() {
        var learned = supposing(5)
        let isExplained = learned.explains(load: 4, now: at(1))
        #expect(!isExplained)
        learned.suppose(load: 3, delay: .zero, now: at(1))
        #expect(learned.limit == 2)
        learned.suppose(load: 2, delay: .zero, now: at(2))
        #expect(learned.limit == .max)
    }

    @Test func `of the refusals of an episode the least load counts, in whatever order they come back`() {
        var learned = supposing(71)
        for load in [72, 64, 67, 80] { learned.refine(load: load) }
        #expect(learned.limit == 63)
        let isExplained = learned.explains(load: 65, now: at(1))
        #expect(isExplained)
        learned.refine(load: 1)
        #expect(learned.limit == 63)
    }

    @Test func `where a single request is refused, nothing is supposed`() {
        #expect(supposing(1).limit == .max)
    }
}
