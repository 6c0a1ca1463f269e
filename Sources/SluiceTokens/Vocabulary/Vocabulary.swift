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
        let (bytes, starts) = { ($0.bytes, $0.starts) }(TokenBytes(list))
        var byteIDs = [UInt32](repeating: 0, count: 256)
        var bytePairs = [UInt32](repeating: PairTable.none, count: 1 << 16)
        var tokens = TokenTable(capacity: count)
        var characters = WholeCharacters()
        for id in 0..<256 { byteIDs[Int(list.byte(id))] = UInt32(id) }
        bytes.withUnsafeBufferPointer { bytes in
            starts.withUnsafeBufferPointer { starts in
                guard let base = bytes.baseAddress, let starts = starts.baseAddress else { return }
                for id in 256..<count {
                    let length = Int(starts[id + 1] - starts[id])
                    guard length > 1 else { continue }
                    let token = base + Int(starts[id])
                    if length == 2 { bytePairs[Int(token[0]) << 8 | Int(token[1])] = UInt32(id) }
                    characters.add(token, count: length, id: UInt32(id))
                }
                tokens.insert(base, starts, count: count, end: bytes.count)
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
}
