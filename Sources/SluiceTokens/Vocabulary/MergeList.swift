internal import CVocabularies

/// A vocabulary in its compact form: which two tokens each token is merged from.
///
/// The format is described in `scripts/tokens/pack-vocabularies.py`.
struct MergeList {
    private static let none: UInt32 = 0xFF_FFFF

    /// The number of ids, gaps included.
    let count: Int
    private let bytes: UnsafePointer<UInt8>

    /// The first `count` tokens of an embedded vocabulary, or all of them.
    init(_ embedded: sluice_embedded, count: Int? = nil) {
        bytes = embedded.bytes
        total = (embedded.count - 256) / 6
        self.count = count ?? total + 256
    }

    private let total: Int

    /// The byte that one of the first 256 ids stands for.
    func byte(_ id: Int) -> UInt8 { bytes[id] }

    /// The two ids that an id from 256 on is merged from; nil where the id is no token.
    @inline(__always)
    func parts(_ id: Int) -> (left: UInt32, right: UInt32)? {
        let planes = bytes + 256 + (id - 256)
        let left = number(planes, 0)
        guard left != Self.none else { return nil }
        return (left, number(planes, 3))
    }

    @inline(__always)
    private func number(_ planes: UnsafePointer<UInt8>, _ first: Int) -> UInt32 {
        UInt32(planes[first * total]) | UInt32(planes[(first + 1) * total]) << 8
            | UInt32(planes[(first + 2) * total]) << 16
    }
}
