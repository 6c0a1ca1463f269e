import SluiceCore
import SluiceStorage
import Testing

@Suite struct FinishedRowsTests {
    /// A table that can be passed to an expectation, which the table itself, not being copyable, cannot.
    private final class Table {
        private var rows = FinishedRows()
        var count: Int { rows.count }
        var untaken: Int { rows.untaken }
        func insert(_ hash: RowHash) { rows.insert(hash) }
        func take(_ hash: RowHash) -> Bool { rows.take(hash) }
        func dropUntaken() { rows.dropUntaken() }
        func reset() { rows.reset() }
        func removeAll() { rows.removeAll() }
    }

    private func hash(_ value: UInt64) -> RowHash {
        var mixed = SplitMix64(seed: value)
        return RowHash(high: mixed.next(), low: mixed.next())
    }

    @Test func `a row is done as often as it was finished`() {
        let rows = Table()
        for value: UInt64 in [1, 2, 2, 3, 3, 3] { rows.insert(hash(value)) }
        var taken: [UInt64: Int] = [:]
        for value: UInt64 in [3, 1, 2, 4, 3, 2, 1, 3, 2, 3, 4] where rows.take(hash(value)) {
            taken[value, default: 0] += 1
        }
        #expect(taken == [1: 1, 2: 2, 3: 3])
        #expect(rows.untaken == 0)
    }

    @Test func `what was not taken can be dropped, what was can be taken again`() {
        let rows = Table()
        for value: UInt64 in [1, 1, 2, 3] { rows.insert(hash(value)) }
        #expect(rows.take(hash(1)))
        #expect(rows.take(hash(3)))
        #expect(rows.untaken == 2)
        rows.dropUntaken()
        rows.reset()
        #expect(rows.count == 2)
        #expect(rows.take(hash(1)))
        #expect(!rows.take(hash(1)))
        #expect(!rows.take(hash(2)))
        #expect(rows.take(hash(3)))
    }

    @Test(arguments: 0..<8)
    func `it agrees with a dictionary of counts`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let rows = Table()
        var model: [UInt64: Int] = [:]
        let values = UInt64(1 << (seed * 2))
        for _ in 0..<20_000 {
            let value = UInt64.random(in: 0..<values, using: &random)
            rows.insert(hash(value))
            model[value, default: 0] += 1
        }
        var wrong = 0
        for _ in 0..<30_000 {
            let value = UInt64.random(in: 0..<values + 2, using: &random)
            let expected = model[value, default: 0] > 0
            if expected { model[value, default: 0] -= 1 }
            if rows.take(hash(value)) != expected { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(rows.untaken == model.values.reduce(0, +))
    }

    @Test func `a long run of equal rows is taken one by one in no more than logarithmic time each`() {
        let rows = Table()
        for _ in 0..<300_000 { rows.insert(hash(5)) }
        var taken = 0
        while rows.take(hash(5)) { taken += 1 }
        #expect(taken == 300_000)
    }

    @Test func `neighbours in the hash space are told apart to the 95th bit`() {
        let rows = Table()
        let base = RowHash(high: .max, low: 0xFFFF_FFFD_0000_0000)
        rows.insert(base)
        rows.insert(RowHash(high: 0, low: 0))
        #expect(!rows.take(RowHash(high: .max, low: 0xFFFF_FFFF_0000_0000)))
        #expect(!rows.take(RowHash(high: .max - 1, low: 0xFFFF_FFFD_0000_0000)))
        #expect(!rows.take(RowHash(high: 1, low: 0)))
        #expect(rows.take(base))
        #expect(rows.take(RowHash(high: 0, low: 0)))
    }

    @Test func `an empty table has nothing`() {
        let rows = Table()
        #expect(!rows.take(hash(1)))
        rows.insert(hash(1))
        rows.removeAll()
        #expect(!rows.take(hash(1)))
        #expect(rows.count == 0)
    }
}
