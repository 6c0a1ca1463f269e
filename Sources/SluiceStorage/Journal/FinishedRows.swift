/// The hashes of the finished rows, as a multiset: twelve bytes each.
///
/// Beside the sorted entries there is a directory by their first bits, four bytes for about 64 entries.
///
/// 95 bits of a hash are kept; the last bit of an entry says whether a row of the input has taken it. Of equal entries
/// those behind are taken first, which keeps them in order, so that each question is a binary search.
package struct FinishedRows: ~Copyable, Sendable {
    private var table = KeyTable<HashKey>()
    /// Where the entries start whose first bits are the position in this list; empty while they are not in order.
    private var directory: [UInt32] = []
    /// How many of a hash's first 64 bits are no part of a position in the directory.
    private var shift = 64

    /// An empty table.
    package init() {}

    /// How many finished rows there are.
    package var count: Int { table.count }

    /// Adds a finished row.
    package mutating func insert(_ hash: RowHash) {
        table.append(HashKey(hash).marked(false))
        directory = []
    }

    /// Adds what another table holds.
    mutating func add(_ other: borrowing FinishedRows) {
        for index in 0..<other.table.count { table.append(other.table[index].marked(false)) }
        directory = []
    }

    /// Whether a row is done: true as often as there are finished rows with its hash.
    package mutating func take(_ hash: RowHash) -> Bool {
        guard table.count > 0 else { return false }
        if directory.isEmpty { arrange() }
        let key = HashKey(hash).marked(false)
        let run = equals(key)
        guard !run.isEmpty else { return false }
        let firstTaken = firstIndex(in: run) { $0.isMarked }
        guard firstTaken > run.lowerBound else { return false }
        table[firstTaken - 1] = key.marked(true)
        return true
    }

    /// How many finished rows no row of the input has taken.
    package var untaken: Int {
        var count = 0
        for index in 0..<table.count where !table[index].isMarked { count += 1 }
        return count
    }

    /// Forgets the finished rows that no row of the input has taken.
    package mutating func dropUntaken() {
        table.filter { $0.isMarked }
        directory = []
    }

    /// Forgets the finished rows that a row of the input has taken.
    mutating func dropTaken() {
        table.filter { !$0.isMarked }
        directory = []
    }

    /// Makes every finished row available again, for another pass over the input.
    package mutating func reset() {
        for index in 0..<table.count { table[index] = table[index].marked(false) }
    }

    /// Forgets all.
    package mutating func removeAll() {
        table = KeyTable<HashKey>()
        directory = []
    }

    private mutating func arrange() {
        table.sort()
        let bits = max(0, Int.bitWidth - (table.count / 64).leadingZeroBitCount)
        shift = 64 - bits
        directory = [UInt32](repeating: 0, count: (1 << bits) + 1)
        for index in 0..<table.count { directory[table[index].bucket(shift) + 1] += 1 }
        for bucket in 1..<directory.count { directory[bucket] += directory[bucket - 1] }
    }

    /// The entries of one hash.
    private func equals(_ key: HashKey) -> Range<Int> {
        let bucket = key.bucket(shift)
        let window = Int(directory[bucket])..<Int(directory[bucket + 1])
        let lower = firstIndex(in: window) { $0.marked(false) >= key }
        guard lower < window.upperBound, table[lower].marked(false) == key else { return lower..<lower }
        // Most hashes occur once: look beside before searching the rest.
        let next = lower + 1
        guard next < window.upperBound, table[next].marked(false) == key else { return lower..<next }
        return lower..<firstIndex(in: next..<window.upperBound) { $0.marked(false) > key }
    }

    /// The first position in a range whose entry fulfils a condition that, once true, stays true; its end if none does.
    private func firstIndex(in range: Range<Int>, where condition: (HashKey) -> Bool) -> Int {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper {
            let middle = lower + (upper - lower) / 2
            if condition(table[middle]) { upper = middle } else { lower = middle + 1 }
        }
        return lower
    }
}
