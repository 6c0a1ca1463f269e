/// 96 bits of a hash, as they are kept in tables: twelve bytes without padding.
struct HashKey: RadixKey, Hashable {
    static let byteCount = 12

    private let first: UInt32
    private let second: UInt32
    private let third: UInt32

    /// Takes the first 96 bits of a hash.
    init(_ hash: RowHash) {
        first = UInt32(truncatingIfNeeded: hash.high >> 32)
        second = UInt32(truncatingIfNeeded: hash.high)
        third = UInt32(truncatingIfNeeded: hash.low >> 32)
    }

    /// 55 bits of a hash, then an offset below 2⁴⁰, then the mark: keys of one hash are in the order of their offsets.
    init(_ hash: RowHash, offset: Int) {
        let head = (hash.high & ~511) | (UInt64(offset) >> 31)
        first = UInt32(truncatingIfNeeded: head >> 32)
        second = UInt32(truncatingIfNeeded: head)
        third = UInt32(truncatingIfNeeded: offset) << 1
    }

    /// The offset of a key that was made with one.
    var offset: Int { (Int(head & 511) << 31) | Int(third >> 1) }

    /// The part of the hash in a key that was made with an offset.
    var hashPart: UInt64 { head >> 9 }

    private init(_ first: UInt32, _ second: UInt32, _ third: UInt32) {
        self.first = first
        self.second = second
        self.third = third
    }

    /// The first 64 bits.
    var head: UInt64 { UInt64(first) << 32 | UInt64(second) }

    /// The last 64 bits.
    var tail: UInt64 { UInt64(second) << 32 | UInt64(third) }

    /// A byte of the key, from 0 to 11; the first one counts most.
    @inline(__always)
    func byte(_ index: Int) -> Int {
        let word = index < 4 ? first : index < 8 ? second : third
        return Int(word >> UInt32(24 - index % 4 * 8)) & 0xFF
    }

    /// The first bits of the key, without the last `shift` of its first 64.
    @inline(__always)
    func bucket(_ shift: Int) -> Int { Int(truncatingIfNeeded: head >> UInt64(shift)) }

    /// The last bit, which tables may use as a mark.
    var isMarked: Bool { third & 1 == 1 }

    /// The key with its last bit set or cleared.
    func marked(_ mark: Bool) -> HashKey { HashKey(first, second, mark ? third | 1 : third & ~1) }

    /// Whether the left key comes first.
    @inline(__always)
    static func < (left: HashKey, right: HashKey) -> Bool {
        let (a, b) = (left.head, right.head)
        return a == b ? left.third < right.third : a < b
    }
}
