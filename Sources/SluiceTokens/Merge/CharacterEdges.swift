/// For the first or the last one or two bytes of a character the lowest token that ends, or begins, with them.
///
/// Only characters of two and three bytes are asked for, so three bytes of one of four need not be kept.
struct CharacterEdges: Sendable {
    /// By the low six bits of one byte, behind them by those of two; empty before the first entry.
    private var lowest: [UInt32] = []

    /// Enters a token; ids must come in rising order.
    mutating func add(_ edge: UnsafePointer<UInt8>, _ count: Int, _ id: UInt32) {
        guard count <= 2 else { return }
        if lowest.isEmpty { lowest = [UInt32](repeating: .max, count: 64 + 64 * 64) }
        let place = Self.place(edge, count)
        if lowest[place] == .max { lowest[place] = id }
    }

    /// The lowest token with this edge; the largest number if there is none.
    func lowest(_ edge: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
        lowest.isEmpty ? .max : lowest[Self.place(edge, count)]
    }

    private static func place(_ edge: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let first = Int(edge[0] & 0x3F)
        return count == 1 ? first : 64 + first << 6 | Int(edge[1] & 0x3F)
    }
}
