/// Tells the first request of its kind from those after it, in 2 bytes for each of them and 16 MiB at most: a row of Bloom
/// filters (Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", 1970), each twice as large as the last.
///
/// It errs to one side: of a request that is the first it may say that it is not, about once in 400 times, and once all
/// filters are full always.
package struct SeenRequests: Sendable {
    private struct Filter: Sendable {
        /// Each hash sets so many of the bits.
        private static let probes: UInt64 = 4
        private static let bitsPerHash = 16
        private var words: [UInt64]
        /// How many more hashes it takes.
        private(set) var room: Int
        var bits: Int { words.count * 64 }

        init(bits: Int) {
            words = [UInt64](repeating: 0, count: bits / 64)
            room = bits / Self.bitsPerHash
        }

        /// The bits of a hash, by two independent parts of it (Kirsch, Mitzenmacher, "Less Hashing, Same Performance", 2006).
        private func place(_ parts: SIMD2<UInt64>, _ probe: UInt64) -> (word: Int, bit: UInt64) {
            let at = (parts[0] &+ probe &* (parts[1] | 1)) & UInt64(bits - 1)
            return (Int(at >> 6), 1 << (at & 63))
        }

        func holds(_ parts: SIMD2<UInt64>) -> Bool {
            (0..<Self.probes).allSatisfy { probe in
                let (word, bit) = place(parts, probe)
                return words[word] & bit != 0
            }
        }

        mutating func add(_ parts: SIMD2<UInt64>) {
            for probe in 0..<Self.probes {
                let (word, bit) = place(parts, probe)
                words[word] |= bit
            }
            room -= 1
        }
    }

    /// The sizes of the first filter and of the last, in bits.
    private static let (first, last) = (1 << 20, 1 << 26)
    private var filters: [Filter] = []

    package init() {}

    /// Takes note of a request; returns whether it is surely the first of its hash.
    package mutating func insert(_ hash: RequestHash) -> Bool {
        let parts = hash.withBytes { bytes in
            SIMD2(
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        }
        guard !filters.contains(where: { $0.holds(parts) }) else { return false }
        if filters.last?.room ?? 0 == 0 {
            let bits = filters.last.map { $0.bits * 2 } ?? Self.first
            guard bits <= Self.last else { return false }
            filters.append(Filter(bits: bits))
        }
        filters[filters.count - 1].add(parts)
        return true
    }
}
