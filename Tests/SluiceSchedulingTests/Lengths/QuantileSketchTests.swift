import SluiceCore
import SluiceScheduling
import Testing

struct QuantileSketchTests {
    @Test(arguments: [0.5, 0.9, 0.99, 0.999, 1])
    func `a quantile is at most a thirty-second above the true one, and never below it`(share: Double) {
        var random = SplitMix64(seed: 3)
        // Lengths over many magnitudes, as answers have.
        let values = (0..<20_000).map { _ in Int(1.0 / (random.unit() + 1e-5)) + Int(random.unit() * 50) }
        var sketch = QuantileSketch()
        for value in values { sketch.add(value) }
        let exact = values.sorted()[Int((Double(values.count) * share).rounded(.up)) - 1]
        let found = sketch.quantile(share) ?? -1
        #expect(found >= exact)
        #expect(Double(found) <= Double(exact) * (1 + 1 / 32.0))
        #expect(abs(sketch.mean - Double(values.reduce(0, +)) / 20_000) < 1e-6)
    }

    @Test func `small numbers are exact`() {
        for value in 0..<64 {
            var sketch = QuantileSketch()
            sketch.add(value)
            #expect(sketch.quantile(0.5) == value)
        }
    }

    @Test func `buckets follow each other without gaps`() {
        var last = 0
        for value in 1...100_000 {
            var sketch = QuantileSketch()
            sketch.add(value)
            let found = sketch.quantile(1) ?? 0
            #expect(found >= value && found >= last)
            last = found
        }
    }

    @Test func `two add up to what one would have been`() {
        var (one, two, both) = (QuantileSketch(), QuantileSketch(), QuantileSketch())
        for value in 0..<1000 {
            if value % 3 == 0 { one.add(value * 7) } else { two.add(value * 7) }
            both.add(value * 7)
        }
        one.merge(two)
        #expect(one == both)
    }

    @Test func `nothing has no quantile, and what is out of range is moved into it`() {
        var sketch = QuantileSketch()
        #expect(sketch.quantile(0.5) == nil)
        sketch.add(-5)
        #expect(sketch.quantile(1) == 0)
        sketch.add(.max)
        #expect((sketch.quantile(1) ?? 0) >= 1 << 30)
    }
}
