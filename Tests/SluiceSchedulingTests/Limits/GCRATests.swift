import SluiceCore
import SluiceScheduling
import Testing

struct GCRATests {
    /// The moments at which a client that always wants to send may do so.
    private func sends(_ gcra: inout GCRA, from start: Double, until end: Double, delay: Double = 0) -> [Double] {
        var moments: [Double] = []
        var clock = start
        while clock < end {
            gcra.take(now: at(clock))
            moments.append(clock)
            clock = max(clock, Double(gcra.due.nanoseconds) / 1e9) + delay
        }
        return moments
    }

    @Test func `starts empty: the first goes at once and the others one interval apart`() {
        var gcra = GCRA(perMinute: 3000)
        #expect(gcra.due < at(0))
        let moments = sends(&gcra, from: 5, until: 6)
        #expect(moments.count == 50)
        for (index, moment) in moments.enumerated() { #expect(abs(moment - 5 - Double(index) * 0.02) < 1e-6) }
    }

    @Test func `a client that is a little late catches up and keeps the rate`() {
        var gcra = GCRA(perMinute: 3000)
        let moments = sends(&gcra, from: 0, until: 60, delay: 0.001)
        #expect(moments.count >= 2999 && moments.count <= 3001)
    }

    @Test func `idle time is worth no more than the tolerance`() {
        var gcra = GCRA(perMinute: 3000)
        gcra.take(now: at(0))
        var burst = 0
        while gcra.due <= at(100) {
            gcra.take(now: at(100))
            burst += 1
        }
        #expect(burst == 8)
    }

    @Test func `no window ever holds more than its share and the tolerance`() {
        var gcra = GCRA(perMinute: 7000)
        var random = SplitMix64(seed: 4)
        var moments: [Double] = []
        var clock = 0.0
        while clock < 120 {
            gcra.take(now: at(clock))
            moments.append(clock)
            clock = max(clock, Double(gcra.due.nanoseconds) / 1e9) + (random.unit() < 0.01 ? random.unit() : 0)
        }
        for window in [0.1, 1, 10, 60] {
            var first = 0
            for index in moments.indices {
                while moments[index] - moments[first] > window { first += 1 }
                #expect(Double(index - first + 1) <= 7000 / 60 * (window + 0.15) + 1 + 1e-6)
            }
        }
    }

    @Test func `after a rest nothing is caught up`() {
        var gcra = GCRA(perMinute: 600)
        gcra.take(now: at(0))
        gcra.restart(now: at(50))
        #expect(gcra.due <= at(50))
        gcra.take(now: at(50))
        #expect(abs((gcra.due - at(50)).seconds - 0.1) < 1e-6)
    }

    @Test func `slowing down stretches the interval`() {
        var gcra = GCRA(perMinute: 600)
        gcra.slow(to: 0.5)
        #expect(abs(gcra.perMinute - 300) < 1e-3)
        gcra.slow(to: 1)
        #expect(abs(gcra.perMinute - 600) < 1e-3)
    }

    @Test func `a request that did not go gives its place back`() {
        var gcra = GCRA(perMinute: 600)
        gcra.take(now: at(0))
        let due = gcra.due
        gcra.take(now: due)
        gcra.giveBack()
        #expect(gcra.due == due)
    }
}
