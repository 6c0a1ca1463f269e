import SluiceCore
import SluiceScheduling
import Testing

struct OpeningRampTests {
    private func moments(_ count: Int, _ ramp: inout OpeningRamp) -> [Double] {
        var clock = 0.0
        return (0..<count).map { _ in
            clock = max(clock, Double(ramp.due.nanoseconds) / 1e9)
            ramp.take(now: at(clock))
            return clock
        }
    }

    @Test func `allows 4, 8, 16 and so on in each ten milliseconds, spread evenly`() {
        var ramp = OpeningRamp()
        let sends = moments(2000, &ramp)
        #expect(sends[0] == 0)
        for (step, count) in [4, 12, 28, 60, 124, 252, 508, 1020].enumerated() {
            let end = Double(step + 1) * 0.01
            #expect(sends.count { $0 < end - 1e-6 } == count)
        }
        #expect(abs(sends[8] - 0.015) < 1e-6)
    }

    @Test func `who comes late catches up`() {
        var ramp = OpeningRamp()
        ramp.take(now: at(0))
        var sent = 1
        while ramp.due <= at(0.03) {
            ramp.take(now: at(0.03))
            sent += 1
        }
        #expect(sent == 29)
    }

    @Test func `without a sign it holds at 16 until patience ends`() {
        var ramp = OpeningRamp(patience: .seconds(0.3))
        let sends = moments(17, &ramp)
        #expect(sends[15] < 0.025)
        #expect(sends[16] == 0.3)
    }

    @Test func `a far endpoint stretches the steps to two round trips`() {
        var ramp = OpeningRamp(patience: .seconds(1))
        _ = moments(16, &ramp)
        ramp.noteSign(roundTrip: .seconds(0.1))
        let before = ramp.due
        ramp.take(now: at(0.1))
        #expect(abs((ramp.due - before).seconds - 0.2 / 16) < 1e-6)
    }
}
