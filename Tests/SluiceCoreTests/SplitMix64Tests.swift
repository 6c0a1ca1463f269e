import SluiceCore
import Testing

struct SplitMix64Tests {
    @Test func `yields the numbers of the reference implementation`() {
        // splitmix64.c with x = 1234567.
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        #expect(random.next() == 9_817_491_932_198_370_423)
    }

    @Test func `unit numbers fill the unit interval without 1`() {
        var random = SplitMix64(seed: 3)
        var sum = 0.0
        for _ in 0..<10_000 {
            let number = random.unit()
            #expect(number >= 0 && number < 1)
            sum += number
        }
        #expect(abs(sum / 10_000 - 0.5) < 0.02)
    }
}
