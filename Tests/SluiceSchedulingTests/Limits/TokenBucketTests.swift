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
        bucket.save(for: 900, now: at(0))
        #expect(abs((bucket.due(900, now: at(0)) - at(0)).seconds - 0.9) < 1e-6)
        #expect(bucket.due(900, now: at(1)) == at(1))
        bucket.take(900, now: at(1))
        #expect(bucket.due(1, now: at(1)) == at(1.001))
        #expect(bucket.due(300, now: at(1)) > at(1.2))
    }

    @Test func `a large request gets all that flows in if nobody else wants it`() {
        var bucket = TokenBucket(perMinute: 60_000)
        bucket.take(200, now: at(0))
        bucket.save(for: 30_000, now: at(0))
        #expect(abs((bucket.due(30_000, isHead: true, now: at(0)) - at(0)).seconds - 30) < 1e-6)
        #expect(bucket.due(30_000, isHead: true, now: at(20)) > at(29.7))
        #expect(bucket.due(30_000, isHead: true, now: at(30)) == at(30))
        bucket.take(30_000, isHead: true, now: at(30))
        #expect(bucket.due(1, now: at(30)) == at(30.001))
    }

    @Test func `a large request is overtaken for no longer than twice its own refill time`() {
        var bucket = TokenBucket(perMinute: 60_000)
        bucket.take(200, now: at(0))
        bucket.save(for: 10_000, now: at(0))
        var clock = 0.0
        var passed = 0
        while true {
            let small = Double(bucket.due(100, now: at(clock)).nanoseconds) / 1e9
            let large = Double(bucket.due(10_000, isHead: true, now: at(clock)).nanoseconds) / 1e9
            if large <= small {
                clock = large
                break
            }
            clock = small
            bucket.take(100, now: at(clock))
            passed += 100
        }
        #expect(clock <= 20.01)
        // The others had their half, and nothing was lost.
        #expect(abs(Double(passed) - (clock * 1000 - 10_000)) < 300)
    }

    @Test func `what was set apart flows back when nobody wants it any more`() {
        var bucket = TokenBucket(perMinute: 60_000)
        bucket.take(200, now: at(0))
        bucket.save(for: 10_000, now: at(0))
        bucket.release(now: at(0.1))
        #expect(bucket.due(100, now: at(0.1)) == at(0.1))
        #expect(bucket.due(101, now: at(0.1)) > at(0.1))
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
            let now = at(clock)
            if bucket.due(tokens, now: now) > now { bucket.save(for: tokens, now: now) }
            clock = max(clock, Double(bucket.due(tokens, isHead: true, now: now).nanoseconds) / 1e9)
            bucket.take(tokens, isHead: true, now: at(clock))
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
