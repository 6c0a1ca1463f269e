import SluiceCore
import SluiceScheduling
import Testing

struct BackoffTests {
    @Test(arguments: [(1, 0.5), (2, 1), (3, 2), (7, 32), (8, 60), (1000, 60), (0, 0.5), (-3, 0.5)])
    func `the ceiling doubles from half a second to a minute`(attempt: Int, seconds: Double) {
        #expect(Backoff().ceiling(attempt: attempt) == .seconds(seconds))
    }

    @Test func `delays are spread over the whole range below the ceiling`() {
        var random = SplitMix64(seed: 1)
        let delays = (0..<2000).map { _ in Backoff().delay(attempt: 4, using: &random).seconds }
        #expect(delays.allSatisfy { $0 >= 0 && $0 < 4 })
        #expect(delays.count { $0 < 1 } > 400)
        #expect(delays.count { $0 > 3 } > 400)
    }

    @Test func `the same seed gives the same delays`() {
        var one = SplitMix64(seed: 9)
        var two = SplitMix64(seed: 9)
        for attempt in 1...20 {
            #expect(Backoff().delay(attempt: attempt, using: &one) == Backoff().delay(attempt: attempt, using: &two))
        }
    }
}
