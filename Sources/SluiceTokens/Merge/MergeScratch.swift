/// Space for merges, and the choice between them.
struct MergeScratch: Sendable {
    private var short = [UInt32](repeating: 0, count: 2 * ShortMerge.limit)
    private var long: LongMerge?

    /// The number of tokens of a piece of 2 to 15 bytes.
    @inline(never)
    mutating func count(_ key: PieceKey, _ base: UnsafePointer<UInt8>, _ length: Int, _ tables: Tables) -> Int {
        tables.token(key) != nil ? 1 : mergeShort(base, length, tables) { $0.count }
    }

    /// The number of tokens of a piece of more than 15 bytes.
    @inline(never)
    mutating func countLong(_ base: UnsafePointer<UInt8>, _ length: Int, hash: UInt64, _ tables: Tables) -> Int {
        if tables.longToken(base, count: length, hash: hash) != nil { return 1 }
        if length <= ShortMerge.limit { return mergeShort(base, length, tables) { $0.count } }
        var total = 0
        mergeLong(base, length, tables) { _ in total += 1 }
        return total
    }

    /// Calls `body` with the tokens of a piece.
    @inline(__always)
    mutating func tokens(_ text: PieceText, _ start: Int, _ end: Int, _ tables: Tables, _ body: (UInt32) -> Void) {
        let base = text.base + start
        let length = end - start
        if length == 1 { return body(tables.byteIDs[Int(base[0])]) }
        let whole =
            length <= PieceKey.longest
            ? tables.token(PieceKey(text.base, at: start, count: length, end: text.end))
            : tables.longToken(base, count: length, hash: TokenTable.hash(base, count: length))
        if let whole { return body(whole) }
        if length <= ShortMerge.limit {
            mergeShort(base, length, tables) { ids in for id in ids { body(id) } }
        } else {
            mergeLong(base, length, tables, body)
        }
    }

    /// Merges a piece of 2 to ``ShortMerge/limit`` bytes that is not a token, and lends its tokens.
    @inline(__always)
    mutating func mergeShort<R>(
        _ base: UnsafePointer<UInt8>, _ length: Int, _ tables: Tables, _ body: (UnsafeBufferPointer<UInt32>) -> R
    ) -> R {
        short.withUnsafeMutableBufferPointer { scratch in
            let ids = scratch.baseAddress.unsafelyUnwrapped
            let count = ShortMerge.merge(base, count: length, tables, ids: ids, ranks: ids + ShortMerge.limit)
            return body(UnsafeBufferPointer(start: ids, count: count))
        }
    }

    /// Merges a longer piece, and calls `body` with its tokens.
    mutating func mergeLong(_ base: UnsafePointer<UInt8>, _ length: Int, _ tables: Tables, _ body: (UInt32) -> Void) {
        var merge = long.take() ?? LongMerge(largest: PairTable.largest)
        merge.merge(base, count: length, tables, body)
        long = merge
    }
}
