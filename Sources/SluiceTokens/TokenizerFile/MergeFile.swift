internal import SluiceCore

/// The vocabulary and the merges of a `tokenizer.json`, put in the order of their ranks.
struct MergeFile {
    private let model: JSON
    private let refusal: (String) -> SluiceError

    init(_ model: JSON, refusal: @escaping (String) -> SluiceError) {
        self.model = model
        self.refusal = refusal
    }

    /// Makes the tables.
    ///
    /// A token's rank here is that of the first merge that makes it. The order of merges must be that of ranks: a
    /// merge joins tokens that are made earlier, and all merges that make a token follow each other. Every published
    /// vocabulary is like that.
    func vocabulary() throws(SluiceError) -> Vocabulary {
        var ids: [String: UInt32] = [:]
        model["vocab"]?.forEachMember { member in
            if let id = member.value.int, id >= 0, id < Int(UInt32.max) { ids[member.text] = UInt32(id) }
        }
        var ranks: [[UInt8]: UInt32] = [:]
        var tokens: [[UInt8]] = []
        var external: [UInt32] = []
        for (text, id) in ids {
            if let bytes = ByteAlphabet.bytes(text), bytes.count == 1 {
                ranks[bytes] = UInt32(tokens.count)
                tokens.append(bytes)
                external.append(id)
            }
        }
        guard tokens.count == 256 else { throw refusal("a vocabulary that lacks single bytes") }
        var merges: [(left: UInt32, right: UInt32, merged: UInt32)] = []
        for merge in model["merges"]?.elements ?? [] {
            let (left, right) = try halves(merge)
            guard let first = ByteAlphabet.bytes(left), let second = ByteAlphabet.bytes(right),
                let leftRank = ranks[first], let rightRank = ranks[second], let id = ids[left + right]
            else {
                throw refusal("the merge '\(left) \(right)', which joins tokens that are made later or not at all,")
            }
            let joined = first + second
            if ranks[joined] == nil {
                ranks[joined] = UInt32(tokens.count)
                tokens.append(joined)
                external.append(id)
            }
            guard let rank = ranks[joined], Int(rank) == tokens.count - 1 else {
                throw refusal("the merge '\(left) \(right)', which makes a token out of turn,")
            }
            merges.append((leftRank, rightRank, rank))
        }
        let takesWholePieces = model["ignore_merges"]?.bool == true
        if takesWholePieces {
            for (text, id) in ids {
                guard let bytes = ByteAlphabet.bytes(text), !bytes.isEmpty, ranks[bytes] == nil else { continue }
                ranks[bytes] = UInt32(tokens.count)
                tokens.append(bytes)
                external.append(id)
            }
        }
        guard tokens.count <= PairTable.largest else { throw refusal("a vocabulary of \(tokens.count) tokens") }
        let vocabulary = Vocabulary(tokens: tokens, merges: merges, externalIDs: external)
        if !takesWholePieces { try check(tokens, vocabulary) }
        return vocabulary
    }

    /// A merge as two texts: written as `"a b"`, or as a list.
    private func halves(_ merge: JSON) throws(SluiceError) -> (String, String) {
        let parts =
            merge.kind == .array
            ? merge.elements.compactMap(\.string)
            : (merge.string ?? "").split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw refusal("the merge \(merge.raw.text.prefix(80))") }
        return (parts[0], parts[1])
    }

    /// A piece that is a token is taken as one without merging; so each token must be what its merges make.
    private func check(_ tokens: [[UInt8]], _ vocabulary: Vocabulary) throws(SluiceError) {
        var scratch = MergeScratch()
        let wrong = vocabulary.withTables { tables in
            tokens.firstIndex { token in
                guard token.count > 1, token.count <= ShortMerge.limit else { return false }
                return token.withUnsafeBufferPointer { token in
                    scratch.mergeShort(token.baseAddress.unsafelyUnwrapped, token.count, tables) { $0.count } != 1
                }
            }
        }
        if let wrong {
            throw refusal(
                "the token '\(String(decoding: tokens[wrong], as: UTF8.self))', which its merges do not make,")
        }
    }
}
