/// 48 bits that stand for an id while an input is searched for duplicates: six bytes without padding.
///
/// Two ids that share them by chance, one pair in six inputs of ten million, cost another look at the input.
struct IDKey: RadixKey {
    static let byteCount = 6

    private let first: UInt16
    private let second: UInt16
    private let third: UInt16

    /// The key of an id's text.
    ///
    /// Keys of one process can be compared with each other, no others.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(text))
        let hash = hasher.finalize()
        first = UInt16(truncatingIfNeeded: hash >> 32)
        second = UInt16(truncatingIfNeeded: hash >> 16)
        third = UInt16(truncatingIfNeeded: hash)
    }

    private var number: UInt64 { UInt64(first) << 32 | UInt64(second) << 16 | UInt64(third) }

    @inline(__always)
    func byte(_ index: Int) -> Int {
        let word = index < 2 ? first : index < 4 ? second : third
        return Int(index % 2 == 0 ? word >> 8 : word & 0xFF)
    }

    @inline(__always)
    static func < (left: IDKey, right: IDKey) -> Bool { left.number < right.number }
}
