import Testing

@testable import SluiceScheduling

struct ThroughputTests {
    /// Answers of these lengths at a speed in tokens per second, with so many in flight.
    private func shown(_ lengths: [Int], speed: Double, inFlight: Int) -> Throughput {
        var throughput = Throughput()
        throughput.pass(inFlight: inFlight, seconds: 10)
        for length in lengths { throughput.add(tokens: length, isAnswer: true, seconds: Double(length) / speed) }
        return throughput
    }

    @Test func `other lengths at the same speed are the same throughput, exactly`() throws {
        let ratio = try #require(
            shown([10, 500, 3, 80], speed: 50, inFlight: 8).ratio(to: shown([70, 90, 1000], speed: 50, inFlight: 8)))
        #expect(abs(ratio.value - 1) < 1e-9)
        #expect(ratio.error < 1e-6)
    }

    @Test func `twice as many in flight, each of them three quarters as fast, are half as much more`() throws {
        let ratio = try #require(
            shown([10, 500, 3], speed: 37.5, inFlight: 16).ratio(to: shown([70, 90, 1000], speed: 50, inFlight: 8)))
        #expect(abs(ratio.value - 1.5) < 1e-9)
    }

    @Test func `where all answers take the same time, answers are counted and not their tokens`() throws {
        func answers(_ lengths: [Int], seconds: Double) -> Throughput {
            var throughput = Throughput()
            throughput.pass(inFlight: 4, seconds: 10)
            for length in lengths { throughput.add(tokens: length, isAnswer: true, seconds: seconds) }
            return throughput
        }
        let ratio = try #require(answers([1, 1, 90], seconds: 1).ratio(to: answers([200, 3, 400], seconds: 2)))
        #expect(abs(ratio.value - 2) < 1e-9)
        #expect(ratio.error < 1e-6)
    }

    @Test func `failures take time and bring nothing`() throws {
        var failing = shown([50, 50], speed: 50, inFlight: 4)
        failing.add(tokens: 0, isAnswer: false, seconds: 2)
        let ratio = try #require(failing.ratio(to: shown([50, 50], speed: 50, inFlight: 4)))
        #expect(abs(ratio.value - 0.5) < 1e-9)
    }

    @Test func `the spread of speeds is the error`() throws {
        var mixed = Throughput()
        mixed.pass(inFlight: 4, seconds: 10)
        for time in [0.5, 1.5, 0.8, 1.2] { mixed.add(tokens: 50, isAnswer: true, seconds: time) }
        let ratio = try #require(mixed.ratio(to: shown([50, 60], speed: 50, inFlight: 4)))
        // The deviation of the times is 0.44, so that of the mean of four 0.22.
        #expect(abs(ratio.error - 0.22) < 0.01)
    }

    @Test func `nothing is said of what was never answered`() {
        #expect(shown([50], speed: 50, inFlight: 4).ratio(to: Throughput()) == nil)
        #expect(Throughput().ratio(to: shown([50], speed: 50, inFlight: 4)) == nil)
    }
}
