import Crypto

/// One of several parts of an input, so that as many processes share it without talking to each other.
///
/// A row's content decides its part: it stays there when rows are added or removed before it, and whatever is asked
/// about it. Lines that are too long to be one go by their number.
package struct Shard: Sendable, Equatable {
    /// Which part, from 0.
    package let index: Int
    /// How many parts there are.
    package let count: Int

    /// The only part: all of the input.
    static let whole = Shard()

    private init() {
        index = 0
        count = 1
    }

    /// A part; nil unless `index` is below `count`.
    package init?(index: Int, count: Int) {
        guard count >= 1, (0..<count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// Whether a line belongs to the part.
    func holds(_ line: Line) -> Bool {
        if line.isTooLong { return line.number % count == index }
        let hash = RowHash(SHA256.hash(data: UnsafeRawBufferPointer(line.text.withoutOuterBlanks)))
        return hash.high % UInt64(count) == UInt64(index)
    }
}
