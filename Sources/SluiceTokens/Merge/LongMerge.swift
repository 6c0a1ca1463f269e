/// Byte pair encoding of a long piece in time proportional to its length.
///
/// Pairs wait in one queue for each rank. The ranks that have a queue are found through a tree of bits; as a merge only
/// makes pairs of higher ranks, the tree is walked once. Inside a rank pairs are merged from left to right: all of a
/// rank's pairs come to be while one other rank is merged, itself from left to right.
struct LongMerge: Sendable {
    /// A place that is not there.
    private static let none: UInt32 = .max

    /// The first waiting pair of each rank and the last one.
    private var heads: [UInt32]
    private var tails: [UInt32]
    /// A bit for each rank with a queue, and a bit for each word of those.
    private var waiting: [UInt64]
    private var groups: [UInt64]
    /// The waiting pairs: the place of the left half and the next in the queue.
    private var entries: [(place: UInt32, next: UInt32)] = []
    /// For each place: the token there, the rank of the pair that begins there, and the neighbours.
    private var ids: [UInt32] = []
    private var ranks: [UInt32] = []
    private var next: [UInt32] = []
    private var previous: [UInt32] = []

    /// Scratch space for vocabularies with ids up to `largest`.
    init(largest: Int) {
        let count = largest + 1
        heads = [UInt32](repeating: Self.none, count: count)
        tails = [UInt32](repeating: Self.none, count: count)
        waiting = [UInt64](repeating: 0, count: count / 64 + 1)
        groups = [UInt64](repeating: 0, count: count / 4096 + 1)
    }

    /// Merges the bytes, at least 2 and fewer than 2³¹, and calls `body` with the tokens.
    mutating func merge(_ base: UnsafePointer<UInt8>, count: Int, _ tables: Tables, _ body: (UInt32) -> Void) {
        ids = (0..<count).map { tables.byteIDs[Int(base[$0])] }
        ranks = [UInt32](repeating: PairTable.none, count: count)
        next = (0..<UInt32(count)).map { $0 + 1 }
        previous = (0..<UInt32(count)).map { $0 &- 1 }
        entries.removeAll(keepingCapacity: true)
        entries.reserveCapacity(count * 2)
        for place in 0..<count - 1 {
            wait(UInt32(place), tables.bytePairs[Int(base[place]) << 8 | Int(base[place + 1])])
        }
        var group = 0
        while group < groups.count {
            guard groups[group] != 0 else {
                group += 1
                continue
            }
            let word = group << 6 | groups[group].trailingZeroBitCount
            let rank = UInt32(word << 6 | waiting[word].trailingZeroBitCount)
            mergeAll(rank, tables, end: UInt32(count))
            waiting[word] &= ~(1 << UInt64(rank & 63))
            if waiting[word] == 0 { groups[group] &= ~(1 << UInt64(word & 63)) }
        }
        var place: UInt32 = 0
        while place < count {
            body(ids[Int(place)])
            place = next[Int(place)]
        }
        if count > 1 << 20 { giveBack() }
    }

    private mutating func mergeAll(_ rank: UInt32, _ tables: Tables, end: UInt32) {
        var entry = heads[Int(rank)]
        while entry != Self.none {
            let place = entries[Int(entry)].place
            // A pair whose half was merged with something else has another rank by now.
            if ranks[Int(place)] == rank { join(place, rank, tables, end: end) }
            entry = entries[Int(entry)].next
        }
        heads[Int(rank)] = Self.none
    }

    private mutating func join(_ place: UInt32, _ rank: UInt32, _ tables: Tables, end: UInt32) {
        let right = next[Int(place)]
        let behind = next[Int(right)]
        ids[Int(place)] = rank
        next[Int(place)] = behind
        ranks[Int(right)] = PairTable.none
        if behind < end {
            previous[Int(behind)] = place
            wait(place, tables.merged(rank, ids[Int(behind)]))
        } else {
            ranks[Int(place)] = PairTable.none
        }
        if place > 0 {
            let before = previous[Int(place)]
            wait(before, tables.merged(ids[Int(before)], rank))
        }
    }

    private mutating func wait(_ place: UInt32, _ rank: UInt32) {
        ranks[Int(place)] = rank
        guard rank != PairTable.none else { return }
        let entry = UInt32(entries.count)
        entries.append((place, Self.none))
        if heads[Int(rank)] == Self.none {
            heads[Int(rank)] = entry
            waiting[Int(rank >> 6)] |= 1 << UInt64(rank & 63)
            groups[Int(rank >> 12)] |= 1 << UInt64(rank >> 6 & 63)
        } else {
            entries[Int(tails[Int(rank)])].next = entry
        }
        tails[Int(rank)] = entry
    }

    private mutating func giveBack() {
        entries = []
        ids = []
        ranks = []
        next = []
        previous = []
    }
}
