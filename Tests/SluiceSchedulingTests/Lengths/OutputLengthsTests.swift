import SluiceScheduling
import Testing

struct OutputLengthsTests {
    @Test func `templates are learned apart, and not before thirty answers`() {
        var lengths = OutputLengths()
        for _ in 0..<29 {
            lengths.add(10, of: 1)
            lengths.add(900, of: 2)
        }
        #expect(lengths.expected(of: 1, cap: nil) == 500)
        #expect(lengths.expected(of: 2, cap: 100) == 100)
        #expect(lengths.most(of: 2) == nil)
        lengths.add(10, of: 1)
        lengths.add(900, of: 2)
        #expect(lengths.expected(of: 1, cap: nil) == 10)
        #expect(lengths.expected(of: 2, cap: nil) == 900)
        #expect(lengths.expected(of: 2, cap: 600) == 600)
        #expect(lengths.expected(of: 3, cap: nil) == 500)
    }

    @Test func `the mean follows answers that become longer`() {
        var lengths = OutputLengths()
        for _ in 0..<1000 { lengths.add(100, of: 1) }
        for _ in 0..<1000 { lengths.add(300, of: 1) }
        #expect(lengths.expected(of: 1, cap: nil) >= 295)
    }

    @Test func `one answer in a hundred is longer than the most`() {
        var lengths = OutputLengths()
        for tokens in 1...10_000 { lengths.add(tokens / 100, of: 1) }
        #expect((96...99).contains(lengths.most(of: 1) ?? 0))
    }

    @Test func `templates without number are taken together`() {
        var lengths = OutputLengths()
        for template in 0..<1000 as Range<UInt64> { lengths.add(70, of: template) }
        #expect(lengths.expected(of: 5000, cap: nil) == 70)
        #expect(lengths.all.count == 1000)
    }
}
