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
        pace.bound(by: rate)
        #expect(pace.rate > 0)
    }

    @Test func `does not grow while something else holds the requests back`() {
        var pace = Pace(rate: 100, growth: 1.1, step: .milliseconds(100), ceiling: .infinity, now: at(0))
        for index in 0..<100 { pace.take(now: at(Double(index))) }
        #expect(pace.rate < 120)
    }

    @Test(arguments: [1.0, 10, 100])
    func `grows faster after every four thousand requests that went well, or every five minutes`(rate: Double) {
        var pace = Pace(rate: rate, growth: 1.00001, step: .seconds(1), ceiling: .infinity, now: at(0))
        let calm = min(300, 4000 / rate)
        _ = sends(&pace, until: calm)
        let first = pace.rate / rate - 1
        _ = sends(&pace, until: 4 * calm)
        #expect(pace.rate / rate - 1 > first * 8)
    }

    @Test func `leaves a limit behind that does not refuse any more, and not before`() {
        var pace = Pace(rate: 100, growth: 1.0001, step: .milliseconds(100), ceiling: .infinity, now: at(0))
        pace.expectRefusal(above: 101, within: 20)
        // 1 % above 100 after 10 s; 20 requests more than 101/s allow after another 20 s.
        _ = sends(&pace, until: 27)
        #expect(pace.rate < 104)
        _ = sends(&pace, until: 90)
        #expect(pace.rate > 140)
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
