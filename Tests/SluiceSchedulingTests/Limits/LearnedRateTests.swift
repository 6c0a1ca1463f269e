import SluiceCore
import SluiceScheduling
import Testing

struct LearnedRateTests {
    @Test func `opens with the ramp and runs freely once the concurrency is reached`() {
        var learned = LearnedRate(ceiling: nil, patience: .zero)
        #expect(learned.isOpening)
        learned.take(now: at(0))
        #expect(learned.due > at(0))
        learned.noteFull()
        #expect(!learned.isOpening)
        #expect(learned.due < at(0))
        #expect(learned.rate == nil)
    }

    @Test func `a given limit is believed: no ramp, and nothing is learned from a refusal`() {
        var learned = LearnedRate(ceiling: 10, patience: .zero)
        #expect(!learned.isOpening)
        learned.take(now: at(0))
        learned.refuse(sentAt: at(0), now: at(0.1))
        learned.resume(now: at(1))
        #expect(learned.rate == nil)
    }

    @Test func `refusals during a trial end it, and a given limit is used as before`() {
        var learned = LearnedRate(ceiling: 100, patience: .zero)
        learned.slowDown(to: 50, now: at(0))
        learned.take(now: at(0))
        learned.refuse(sentAt: at(0), now: at(0.1))
        learned.resume(now: at(1))
        #expect(learned.rate == nil)
        #expect(learned.due < at(0))
    }

    @Test func `a limit that is told during a trial holds after it`() {
        var open = LearnedRate(ceiling: nil, patience: .zero)
        open.noteFull()
        open.slowDown(to: 50, now: at(0))
        open.believe(20)
        #expect(open.rate == 20)
        open.goOn(now: at(1))
        #expect(open.isTrusting)
        #expect(open.rate == nil)

        var paced = LearnedRate(ceiling: nil, patience: .zero)
        paced.settle(at: 100, now: at(0))
        paced.slowDown(to: 50, now: at(0))
        paced.believe(20)
        paced.goOn(now: at(1))
        #expect(paced.rate == 20)
    }

    @Test func `a limit that is not believed any more is still never exceeded`() {
        var learned = LearnedRate(ceiling: 10, patience: .zero)
        for index in 0..<50 { learned.take(now: at(Double(index) * 0.001)) }
        learned.refuse(sentAt: at(0.049), now: at(0.05))
        learned.isTrusting = false
        learned.resume(now: at(1.05))
        var clock = 1.05
        for _ in 0..<200 {
            learned.take(now: at(clock))
            clock = Double(learned.due.nanoseconds) / 1e9
        }
        #expect((learned.rate ?? 0) > 0)
        #expect((learned.rate ?? 99) <= 10)
    }

    @Test func `when nothing at all was accepted it goes on one at a time`() {
        var learned = LearnedRate(ceiling: nil, patience: .zero)
        for index in 0..<4 {
            learned.take(now: at(Double(index) * 0.0025))
            learned.refuse(sentAt: at(Double(index) * 0.0025), now: at(0.02))
        }
        learned.resume(now: at(1))
        #expect(learned.due <= at(1))
        learned.take(now: at(1))
        #expect(learned.due > at(1.2))
    }
}
