import SluiceCore
import SluiceScheduling
import Testing

struct TokenBucketTests {
    @Test func `starts with a fifth of a second's tokens`() {
        let bucket = TokenBucket(perMinute: 60_000)
        #expect(bucket.due(200, now: at(0)) == at(0))
        #expect(abs((bucket.due(1200, now: at(0)) - at(0)).seconds - 1) < 1e-6)
    }

    @Test func `a request larger than the bucket waits until its tokens are there`() {
        var bucket = TokenBucket(perMinute: 60_000)
        bucket.take(200, now: at(0))
        bucket.save(for: 30_000, now: at(0))
        #expect(abs((bucket.due(30_000, now: at(0)) - at(0)).seconds - 30) < 1e-6)
        #expect(bucket.due(30_000, now: at(20)) > at(29.9))
        #expect(bucket.due(30_000, now: at(31)) == at(31))
        bucket.take(30_000, now: at(31))
        #expect(bucket.due(1, now: at(31)) == at(31.001))
        #expect(bucket.due(1300, now: at(31)) > at(31.2))
    }

    @Test func `without a large request it holds no more than its burst`() {
        var bucket = TokenBucket(perMinute: 60_000)
        bucket.take(200, now: at(0))
        #expect(bucket.due(200, now: at(1000)) == at(1000))
        #expect(bucket.due(300, now: at(1000)) > at(1000))
    }

    @Test func `a request above the limit of a minute never fits`() {
        let bucket = TokenBucket(perMinute: 1000)
        #expect(bucket.fits(1000))
        #expect(!bucket.fits(1001))
        #expect(bucket.due(1001, now: at(5)) == .never)
    }

    @Test func `settling refunds what was not used and charges what was used in addition`() {
        var bucket = TokenBucket(perMinute: 60_000)
        bucket.take(200, now: at(0))
        bucket.settle(reserved: 200, used: 50, now: at(0))
        #expect(bucket.due(150, now: at(0)) == at(0))
        #expect(bucket.due(151, now: at(0)) > at(0))
        bucket.settle(reserved: 0, used: 1150, now: at(0))
        #expect(abs((bucket.due(0, now: at(0)) - at(0)).seconds - 1) < 1e-6)
    }

    @Test func `a refund never fills it above its burst`() {
        var bucket = TokenBucket(perMinute: 60_000)
        bucket.take(200, now: at(0))
        bucket.settle(reserved: 5000, used: 0, now: at(0))
        #expect(bucket.due(200, now: at(0)) == at(0))
        #expect(bucket.due(210, now: at(0)) > at(0))
    }

    @Test func `no minute passes more than its limit and the burst`() {
        var bucket = TokenBucket(perMinute: 90_000)
        var random = SplitMix64(seed: 2)
        var clock = 0.0
        var sends: [(at: Double, tokens: Int)] = []
        while clock < 300 {
            let tokens = 1 + Int(random.unit() * 3000)
            bucket.save(for: tokens, now: at(clock))
            clock = max(clock, Double(bucket.due(tokens, now: at(clock)).nanoseconds) / 1e9)
            bucket.take(tokens, now: at(clock))
            sends.append((clock, tokens))
        }
        var first = 0
        var sum = 0
        for send in sends {
            sum += send.tokens
            while send.at - sends[first].at >= 60 {
                sum -= sends[first].tokens
                first += 1
            }
            #expect(sum <= 90_000 + 3000)
        }
        let total = sends.reduce(0) { $0 + $1.tokens }
        #expect(Double(total) > 0.99 * 90_000 * 5)
    }
}
