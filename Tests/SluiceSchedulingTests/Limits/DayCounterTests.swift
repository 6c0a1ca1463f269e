import SluiceCore
import SluiceScheduling
import Testing

struct DayCounterTests {
    @Test func `a day is used up until it ends, and the next ones begin by themselves`() {
        var day = DayCounter(limit: 3, ends: at(1000))
        for _ in 0..<3 { day.take(1, now: at(10)) }
        #expect(day.due(1) == at(1000))
        day.take(1, now: at(1000))
        #expect(day.used == 1)
        #expect(day.ends == at(87_400))
        #expect(day.due(2) <= at(1000))
        #expect(day.due(4) == .never)
    }

    @Test func `what was not sent is given back`() {
        var day = DayCounter(limit: 2, ends: at(1000))
        day.take(2, now: at(0))
        day.take(-1, now: at(0))
        #expect(day.due(1) <= at(0))
    }
}
