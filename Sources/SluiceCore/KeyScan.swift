/// Finds keys in bytes that come from outside, most of which have none: every reply is looked through.
///
/// A class, so that whoever takes it out of a lock for each reply copies one reference.
package final class KeyScan: Sendable, CustomReflectable {
    /// Of longer keys so many first bytes are enough: servers cut keys off, and so do we.
    private static let telling = 16
    /// So many beginnings are looked for sixteen bytes at a time.
    private static let mostPairs = 4

    private let keys: [[UInt8]]
    /// The first two bytes of the keys, each pair once.
    private let pairs: [(first: UInt8, second: UInt8)]
    /// Whether a key begins with these two bytes, so that the number of keys costs nothing; empty where the pairs are few.
    private let starts: [Bool]

    /// Keys of fewer characters than `shortest` are not looked for; it is at least 2.
    package init(_ keys: [Secret], shortest: Int = 8) {
        precondition(shortest >= 2)
        self.keys = keys.map { $0.reveal { Array($0.utf8) } }.filter { $0.count >= shortest }
        let known = Set(self.keys.map { Self.pair($0[0], $0[1]) })
        pairs = known.sorted().map { (UInt8($0 >> 8), UInt8($0 & 0xFF)) }
        starts = known.count > Self.mostPairs ? (0..<1 << 16).map(known.contains) : []
    }

    /// A mirror without children.
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// Whether one of the keys, or so much of one that it is told by it, is in the bytes.
    package func finds(in bytes: Bytes) -> Bool { bytes.withUnsafeBytes { first(in: $0) != nil } }

    /// Where the first key, or what is there of it, stands at or behind `start`; nil if there is none.
    package func first(in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Range<Int>? {
        guard !keys.isEmpty, let base = bytes.baseAddress else { return nil }
        var at = start
        while starts.isEmpty, at + ByteBlock.count < bytes.count {
            let (block, next) = (ByteBlock(base + at), ByteBlock(base + at + 1))
            var hits = block.equal(pairs[0].first) .& next.equal(pairs[0].second)
            for pair in pairs.dropFirst() { hits .|= block.equal(pair.first) .& next.equal(pair.second) }
            if ByteBlock.first(hits) != nil {
                for place in at..<at + ByteBlock.count where hits[place - at] {
                    if let end = end(in: bytes, from: place) { return place..<end }
                }
            }
            at += ByteBlock.count
        }
        while at + 1 < bytes.count {
            if begins(bytes[at], bytes[at + 1]), let end = end(in: bytes, from: at) { return at..<end }
            at += 1
        }
        return nil
    }

    private func begins(_ first: UInt8, _ second: UInt8) -> Bool {
        guard starts.isEmpty else { return starts[Self.pair(first, second)] }
        return pairs.contains { $0.first == first && $0.second == second }
    }

    /// The end of the longest key, or part of one, that stands here; nil if none does.
    private func end(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var longest = 0
        for key in keys {
            let most = min(key.count, bytes.count - start)
            var count = 0
            while count < most, bytes[start + count] == key[count] { count += 1 }
            if count >= min(key.count, Self.telling) { longest = max(longest, count) }
        }
        return longest > 0 ? start + longest : nil
    }

    private static func pair(_ first: UInt8, _ second: UInt8) -> Int { Int(first) << 8 | Int(second) }
}
