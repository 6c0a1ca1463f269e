/// Counts, encodes and cuts text with one ``Encoding``.
///
/// It holds scratch space and remembers the pieces that it saw, so keep one and use it again. A value for one thread at
/// a time; copies are independent.
public struct Counter: Sendable {
    /// The encoding that it counts with.
    public let encoding: Encoding
    private var cache: PieceCache
    var scratch = MergeScratch()

    /// A counter that has not seen a piece yet.
    /// - Parameter cacheBits: Pieces are remembered in 2 to the power of this many places of 32 bytes, 4 to 24.
    public init(_ encoding: Encoding, cacheBits: Int = 17) {
        self.encoding = encoding
        cache = PieceCache(bits: min(max(cacheBits, 4), 24))
    }

    /// The number of tokens of a text.
    public mutating func count(_ text: String) -> Int {
        var text = text
        return text.withUTF8 { count($0, upTo: .max) }
    }

    /// The number of tokens of a text in UTF-8; bytes that are not UTF-8 are counted as they stand.
    public mutating func count(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        count(text, upTo: .max)
    }

    /// The number of tokens of a text, or nil as soon as there are more than `limit`.
    public mutating func count(_ text: String, upTo limit: Int) -> Int? {
        // A token has at least one byte.
        if text.utf8.count <= limit { return count(text) }
        var text = text
        let tokens = text.withUTF8 { count($0, upTo: limit) }
        return tokens <= limit ? tokens : nil
    }

    /// The number of tokens, or some number above `limit`.
    mutating func count(_ text: UnsafeBufferPointer<UInt8>, upTo limit: Int) -> Int {
        if encoding.isComposed, var composed = NormalForm.composed(text) {
            return composed.withUTF8 { countPieces($0, upTo: limit) }
        }
        return countPieces(text, upTo: limit)
    }

    private mutating func countPieces(_ text: UnsafeBufferPointer<UInt8>, upTo limit: Int) -> Int {
        switch encoding.pattern {
        case .gpt2: count(text, upTo: limit, GPT2Scanner.self)
        case .cl100k: count(text, upTo: limit, CL100KScanner.self)
        case .o200k: count(text, upTo: limit, O200KScanner.self)
        case .llama3: count(text, upTo: limit, Llama3Scanner.self)
        case .qwen2: count(text, upTo: limit, Qwen2Scanner.self)
        case .deepSeek3: count(text, upTo: limit, DeepSeek3Scanner.self)
        }
    }

    private mutating func count<Scanner: PieceScanner>(
        _ text: UnsafeBufferPointer<UInt8>, upTo limit: Int, _: Scanner.Type
    ) -> Int {
        guard let base = text.baseAddress else { return 0 }
        let pieces = PieceText(base, end: text.count)
        let vocabulary = encoding.vocabulary
        return vocabulary.withTables { tables in
            cache.withLookups { cache in
                var total = 0
                var at = 0
                while at < pieces.end, total <= limit {
                    let end = Scanner.pieceEnd(pieces, from: at)
                    let length = end - at
                    if length == 1 {
                        total += 1
                    } else if length <= PieceKey.longest {
                        let key = PieceKey(base, at: at, count: length, end: pieces.end)
                        total += cache.tokens(key) { scratch.count(key, base + at, length, tables) }
                    } else {
                        let hash = TokenTable.hash(base + at, count: length)
                        if length <= PieceCache.longest {
                            total += cache.tokens(base + at, length: length, hash: hash) {
                                scratch.countLong(base + at, length, hash: hash, tables)
                            }
                        } else {
                            total += scratch.countLong(base + at, length, hash: hash, tables)
                        }
                    }
                    at = end
                }
                return total
            }
        }
    }
}
