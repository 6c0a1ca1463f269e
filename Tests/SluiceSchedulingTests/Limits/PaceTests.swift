import SluiceCore
import SluiceScheduling
import Testing

struct PaceTests {
    private func sends(_ pace: inout Pace, until end: Double) -> [Double] {
        var moments: [Double] = []
        while pace.due < at(end) {
            moments.append(Double(pace.due.nanoseconds) / 1e9)
            pace.take(now: pace.due)
        }
        return moments
    }

    @Test func `keeps an even pace when it does not grow`() {
        var pace = Pace(rate: 100, growth: 1, step: .seconds(1), ceiling: .infinity, now: at(0))
        let moments = sends(&pace, until: 10)
        #expect(abs(moments.count - 1000) <= 1)
        for (one, two) in zip(moments, moments.dropFirst()) { #expect(abs(two - one - 0.01) < 1e-6) }
    }

    @Test func `doubles with each step, and no step is skipped by a slow start`() {
        var pace = Pace(rate: 10, growth: 2, step: .milliseconds(100), ceiling: .infinity, now: at(0))
        // 10/s · 0.1 s · (1 + 2 + 4 + 8 + 16) = 31.
        #expect(abs(sends(&pace, until: 0.5).count - 31) <= 1)
    }

    @Test func `never exceeds the ceiling`() {
        var pace = Pace(rate: 10, growth: 2, step: .milliseconds(100), ceiling: 40, now: at(0))
        _ = sends(&pace, until: 5)
        #expect(pace.rate == 40)
        #expect(Pace(rate: 99, growth: 2, step: .seconds(1), ceiling: 40, now: at(0)).rate == 40)
    }

    @Test(arguments: [0, -1, -Double.infinity])
    func `below one a day counts as one a day`(rate: Double) {
        var pace = Pace(rate: rate, growth: 1, step: .seconds(1), ceiling: .infinity, now: at(0))
        pace.take(now: at(0))
        #expect(abs((pace.due - at(0)).seconds - 86_400) < 1)
        pace.lower(to: rate)
        #expect(pace.rate > 0)
    }

    @Test func `does not grow while something else holds the requests back`() {
        var pace = Pace(rate: 100, growth: 1.1, step: .milliseconds(100), ceiling: .infinity, now: at(0))
        for index in 0..<100 { pace.take(now: at(Double(index))) }
        #expect(pace.rate < 120)
    }

    @Test func `grows faster after each minute that went well`() {
        var pace = Pace(rate: 10, growth: 1.0001, step: .seconds(1), ceiling: .infinity, now: at(0))
        _ = sends(&pace, until: 60)
        let first = pace.rate - 10
        _ = sends(&pace, until: 240)
        #expect(pace.rate - 10 > first * 8)
    }

    @Test func `after an idle time it catches up no more than its tolerance`() {
        var pace = Pace(rate: 1000, growth: 1, step: .seconds(1), ceiling: .infinity, now: at(0))
        pace.take(now: at(0))
        var burst = 0
        while pace.due <= at(100) {
            pace.take(now: at(100))
            burst += 1
        }
        #expect(burst <= 22)
    }
}
