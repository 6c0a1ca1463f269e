/// The tokens of an encoding and the tables that find them; built once, then only read.
///
/// A token's id is its rank: the lower, the earlier it is merged. Vocabularies with other ids (`tokenizer.json`) bring
/// a list of them.
final class Vocabulary: Sendable {
    /// The number of ids, gaps included; at most ``PairTable/largest`` + 1.
    let count: Int
    /// The bytes of all tokens, one behind the other, and 16 more.
    let bytes: [UInt8]
    /// Where each token's bytes start in ``bytes``; one more than there are tokens.
    let starts: [UInt32]
    /// The id of each single byte.
    let byteIDs: [UInt32]
    /// The id that two single bytes are merged to, at `first << 8 | second`.
    let bytePairs: [UInt32]
    /// The id that two ids are merged to.
    let pairs: PairTable
    /// The id that bytes have.
    let tokens: TokenTable
    /// The characters that a merge may take as one token from the start.
    let characters: WholeCharacters
    /// The ids that users see, where these are not the ranks, and the other way round; else empty.
    let externalIDs: [UInt32]
    private let internalIDs: [UInt32: Int]

    /// Unpacks a merge list.
    init(_ list: MergeList) {
        let count = list.count
        let starts = Self.starts(list)
        let total = Int(starts[count])
        var byteIDs = [UInt32](repeating: 0, count: 256)
        var bytePairs = [UInt32](repeating: PairTable.none, count: 1 << 16)
        var tokens = TokenTable(capacity: count)
        var characters = WholeCharacters()
        // 16 bytes more than needed, so that the key of any token can be read in one go.
        let bytes = [UInt8](unsafeUninitializedCapacity: total + 16) { buffer, initialised in
            guard let base = buffer.baseAddress else { return }
            for id in 0..<256 {
                base[id] = list.byte(id)
                byteIDs[Int(base[id])] = UInt32(id)
            }
            starts.withUnsafeBufferPointer { starts in
                for id in 256..<count {
                    guard let parts = list.parts(id) else { continue }
                    let (left, right) = (Int(parts.left), Int(parts.right))
                    let at = base + Int(starts[id])
                    let leftCount = Int(starts[left + 1] - starts[left])
                    let rightCount = Int(starts[right + 1] - starts[right])
                    at.update(from: base + Int(starts[left]), count: leftCount)
                    (at + leftCount).update(from: base + Int(starts[right]), count: rightCount)
                    if left < 256, right < 256 { bytePairs[Int(at[0]) << 8 | Int(at[1])] = UInt32(id) }
                    characters.add(at, count: leftCount + rightCount, id: UInt32(id))
                }
                (base + total).update(repeating: 0, count: 16)
                initialised = total + 16
                guard let starts = starts.baseAddress else { return }
                tokens.insert(base, starts, count: count, end: total + 16)
            }
        }
        characters.finish()
        var pairs = PairTable(capacity: count)
        pairs.insert(count - 256) { index in
            list.parts(index + 256).map { ($0.left, $0.right, UInt32(index + 256)) }
        }
        externalIDs = []
        internalIDs = [:]
        self.count = count
        self.bytes = bytes
        self.starts = starts
        self.byteIDs = byteIDs
        self.bytePairs = bytePairs
        self.pairs = pairs
        self.tokens = tokens
        self.characters = characters
    }

    /// Takes in tokens in the order of their ranks, of which the first 256 are the single bytes.
    /// - Parameters:
    ///   - merges: Which two ranks make which; both are lower.
    ///   - externalIDs: The id of each token as users see it.
    init(
        tokens list: [[UInt8]], merges: [(left: UInt32, right: UInt32, merged: UInt32)], externalIDs: [UInt32]
    ) {
        var bytes: [UInt8] = []
        var starts: [UInt32] = [0]
        var byteIDs = [UInt32](repeating: 0, count: 256)
        var bytePairs = [UInt32](repeating: PairTable.none, count: 1 << 16)
        var characters = WholeCharacters()
        for (id, token) in list.enumerated() {
            if token.count == 1, id < 256 { byteIDs[Int(token[0])] = UInt32(id) }
            bytes += token
            starts.append(UInt32(bytes.count))
            token.withUnsafeBufferPointer { token in
                guard token.count > 1, let base = token.baseAddress else { return }
                characters.add(base, count: token.count, id: UInt32(id))
            }
        }
        characters.finish()
        for (left, right, merged) in merges where left < 256 && right < 256 {
            bytePairs[Int(list[Int(left)][0]) << 8 | Int(list[Int(right)][0])] = merged
        }
        bytes += [UInt8](repeating: 0, count: 16)
        var tokens = TokenTable(capacity: list.count)
        bytes.withUnsafeBufferPointer { bytes in
            starts.withUnsafeBufferPointer { starts in
                guard let base = bytes.baseAddress, let first = starts.baseAddress else { return }
                tokens.insert(base, first, count: list.count, end: bytes.count)
            }
        }
        var pairs = PairTable(capacity: merges.count)
        pairs.insert(merges.count) { merges[$0] }
        count = list.count
        self.bytes = bytes
        self.starts = starts
        self.byteIDs = byteIDs
        self.bytePairs = bytePairs
        self.pairs = pairs
        self.tokens = tokens
        self.characters = characters
        self.externalIDs = externalIDs
        internalIDs = Dictionary(externalIDs.enumerated().map { ($1, $0) }) { first, _ in first }
    }

    /// The id of a token as users see it.
    func externalID(_ id: UInt32) -> Int { externalIDs.isEmpty ? Int(id) : Int(externalIDs[Int(id)]) }

    /// The bytes of a token by the id that users see; nil if there is no such token.
    func bytes(ofExternal id: Int) -> ArraySlice<UInt8>? {
        guard id >= 0, let own = externalIDs.isEmpty ? id : internalIDs[UInt32(clamping: id)], own < count else {
            return nil
        }
        let range = Int(starts[own])..<Int(starts[own + 1])
        return range.isEmpty ? nil : bytes[range]
    }

    /// Where each token starts when all stand one behind the other.
    private static func starts(_ list: MergeList) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: list.count + 1) { starts, initialised in
            for id in 0...256 { starts[id] = UInt32(id) }
            var total: UInt32 = 256
            for id in 256..<list.count {
                if let parts = list.parts(id) {
                    let (left, right) = (Int(parts.left), Int(parts.right))
                    total += starts[left + 1] - starts[left] + starts[right + 1] - starts[right]
                }
                starts[id + 1] = total
            }
            initialised = list.count + 1
        }
    }
}
