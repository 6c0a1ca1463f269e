package import SluiceCore

/// The recent sends of an account, with the refused ones marked: what learning a rate is based on.
///
/// A ring of fixed size; sends that follow each other closely share an entry.
package struct SendLog: Sendable {
    /// Sends that followed each other closely and evenly.
    package struct Entry: Sendable {
        /// When the first of them went.
        package var at: Instant
        /// How much later the last one went, in nanoseconds.
        package var spread: Int32
        /// How many were not refused, as far as is known.
        package var accepted: Int16
        /// How many were refused.
        package var refused: Int16
    }

    private static let longestGap: Int64 = 2_000_000
    private static let longestSpread: Int64 = 10_000_000
    /// The longer the log, the coarser its entries, so that it reaches back minutes at any rate.
    private static let grains: Int64 = 256
    private static let coarsest: Int64 = 1_000_000_000
    private let capacity: Int
    private var ring: [Entry] = []
    private var oldest = 0
    /// Whether older sends were dropped, so that the log does not begin with a rested account.
    package private(set) var isTruncated = false

    /// An empty log of so many entries at most.
    package init(capacity: Int = 2048) {
        self.capacity = max(2, capacity)
    }

    /// How many entries there are.
    package var count: Int { ring.count }

    /// The entries, oldest first.
    package subscript(place: Int) -> Entry {
        let index = oldest + place
        return ring[index < ring.count ? index : index - ring.count]
    }

    /// Calls `body` with every entry, oldest first.
    package func forEach(_ body: (Entry) -> Void) {
        for index in oldest..<ring.count { body(ring[index]) }
        for index in 0..<oldest { body(ring[index]) }
    }

    /// Adds a send that goes now.
    package mutating func add(now: Instant) {
        if !ring.isEmpty {
            let last = oldest == 0 ? ring.count - 1 : oldest - 1
            let spread = (now - ring[last].at).nanoseconds
            let grain = min(Self.coarsest, (now - self[0].at).nanoseconds / Self.grains)
            if spread - Int64(ring[last].spread) <= max(Self.longestGap, grain / 5),
                spread <= max(Self.longestSpread, grain), ring[last].refused == 0, ring[last].accepted < 16_384
            {
                ring[last].accepted += 1
                ring[last].spread = Int32(spread)
                return
            }
        }
        let entry = Entry(at: now, spread: 0, accepted: 1, refused: 0)
        if ring.count < capacity {
            if ring.isEmpty { ring.reserveCapacity(64) }
            ring.append(entry)
        } else {
            ring[oldest] = entry
            oldest = oldest + 1 == capacity ? 0 : oldest + 1
            isTruncated = true
        }
    }

    /// Marks a send as refused.
    package mutating func refuse(sentAt: Instant) {
        guard let index = index(of: sentAt), ring[index].accepted > 0 else { return }
        ring[index].accepted -= 1
        ring[index].refused += 1
    }

    /// Takes a refused send out of account: it says nothing of the rate.
    package mutating func forgive(sentAt: Instant) {
        guard let index = index(of: sentAt), ring[index].refused > 0 else { return }
        ring[index].refused -= 1
    }

    /// Strikes out a send that did not go after all.
    package mutating func strike(sentAt: Instant) {
        guard let index = index(of: sentAt), ring[index].accepted > 0 else { return }
        ring[index].accepted -= 1
    }

    /// Begins anew: what is known from before does not count any more.
    package mutating func clear() {
        ring.removeAll(keepingCapacity: true)
        oldest = 0
        isTruncated = false
    }

    /// The ring's index of the entry that holds a send of this moment, found by bisection.
    private func index(of moment: Instant) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].at <= moment { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let index = oldest + low - 1
        return index < ring.count ? index : index - ring.count
    }
}
