import SluiceCore
import SluiceScheduling
import Testing

struct SlidingWindowTests {
    @Test func `holds its limit and lets go of what is older than the window`() {
        var window = SlidingWindow(limit: 100, length: .seconds(60), slack: .zero)
        window.take(60, now: at(0))
        window.take(40, now: at(30))
        #expect(window.level(now: at(30)) == 100)
        #expect(window.due(60, now: at(30)) > at(60))
        #expect(window.due(60, now: at(30)) < at(60.2))
        #expect(window.due(61, now: at(30)) > at(90))
        #expect(window.level(now: at(61)) == 40)
        #expect(window.due(101, now: at(30)) == .never)
    }

    @Test func `a correction counts at the moment of the request`() {
        var window = SlidingWindow(limit: 100, length: .seconds(60), slack: .zero)
        window.take(100, now: at(0))
        window.correct(by: -70, at: at(0))
        #expect(window.due(70, now: at(20)) <= at(20))
        #expect(window.due(71, now: at(20)) > at(60))
        window.correct(by: -500, at: at(0))
        #expect(window.level(now: at(20)) == 0)
        window.correct(by: 5, at: at(500))
        #expect(window.level(now: at(20)) == 0)
    }

    @Test func `no window of its length holds more than its limit, whatever comes`() {
        var random = SplitMix64(seed: 4)
        for length in [1.0, 10, 60] {
            var window = SlidingWindow(limit: 50, length: .seconds(length), slack: .zero)
            var sends: [(at: Double, amount: Double)] = []
            var clock = 0.0
            while sends.count < 2000 {
                if random.unit() < 0.01 { clock += random.unit() * 3 * length }
                let amount = 1 + (random.unit() * 9).rounded(.down)
                clock = max(clock, Double(window.due(amount, now: at(clock)).nanoseconds) / 1e9)
                window.take(amount, now: at(clock))
                sends.append((clock, amount))
            }
            var first = 0
            var sum = 0.0
            for send in sends {
                sum += send.amount
                while send.at - sends[first].at >= length {
                    sum -= sends[first].amount
                    first += 1
                }
                #expect(sum <= 50)
            }
            // What is not idle is used.
            let total = sends.reduce(0) { $0 + $1.amount }
            #expect(total > 0)
        }
    }
}
