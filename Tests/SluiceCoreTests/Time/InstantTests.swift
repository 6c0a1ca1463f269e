import SluiceCore
import Testing

@Suite struct InstantTests {
    @Test func `a span leads from one moment to another and back`() {
        let start = Instant(nanoseconds: 1_000)
        let end = start + .seconds(2)
        #expect(end.nanoseconds == 2_000_001_000)
        #expect(end - start == .seconds(2))
        #expect(start - end == .seconds(-2))
        #expect(end - .seconds(2) == start)
        #expect(start < end)
    }

    @Test func `a moment beyond the clock is its end`() {
        #expect(Instant.never + .seconds(1) == .never)
        #expect(Instant(nanoseconds: .max - 5) + TimeSpan(nanoseconds: 6) == .never)
        #expect(Instant(nanoseconds: .max - 5) + TimeSpan(nanoseconds: 5) == .never)
        #expect(Instant(nanoseconds: .min + 5) + TimeSpan(nanoseconds: -6) == Instant(nanoseconds: .min))
        #expect(Instant(nanoseconds: .min + 5) - TimeSpan(nanoseconds: 6) == Instant(nanoseconds: .min))
        #expect(Instant(nanoseconds: 1) - TimeSpan(nanoseconds: .min) == .never)
        #expect(Instant(nanoseconds: -2) - TimeSpan(nanoseconds: .min) == Instant(nanoseconds: .max - 1))
    }

    @Test func `a distance beyond the clock is the longest there is`() {
        #expect(Instant.never - Instant(nanoseconds: -1) == TimeSpan(nanoseconds: .max))
        #expect(Instant(nanoseconds: -2) - .never == TimeSpan(nanoseconds: .min))
        #expect(Instant.never - .never == .zero)
        #expect(Instant.never - Instant(nanoseconds: 0) == TimeSpan(nanoseconds: .max))
    }
}
