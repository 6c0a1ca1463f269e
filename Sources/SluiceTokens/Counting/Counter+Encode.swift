extension Counter {
    /// The tokens of a text.
    public mutating func encode(_ text: String) -> [Int] {
        var text = text
        return text.withUTF8 { encode($0) }
    }

    /// The tokens of a text in UTF-8; bytes that are not UTF-8 are encoded as they stand.
    public mutating func encode(_ text: UnsafeBufferPointer<UInt8>) -> [Int] {
        var tokens: [Int] = []
        tokens.reserveCapacity(text.count / 3)
        let vocabulary = encoding.vocabulary
        forEachToken(text) { id, _ in
            tokens.append(vocabulary.externalID(id))
            return true
        }
        return tokens
    }

    /// Calls a closure with each token and the offset behind it, until it returns false.
    ///
    /// Offsets are those of the composed text, where the encoding has it composed.
    mutating func forEachToken(_ text: UnsafeBufferPointer<UInt8>, _ body: (UInt32, Int) -> Bool) {
        if encoding.isComposed, var composed = NormalForm.composed(text) {
            return composed.withUTF8 { forEachPieceToken($0, body) }
        }
        forEachPieceToken(text, body)
    }

    private mutating func forEachPieceToken(_ text: UnsafeBufferPointer<UInt8>, _ body: (UInt32, Int) -> Bool) {
        switch encoding.pattern {
        case .gpt2: forEachToken(text, GPT2Scanner.self, body)
        case .cl100k: forEachToken(text, CL100KScanner.self, body)
        case .o200k: forEachToken(text, O200KScanner.self, body)
        case .llama3: forEachToken(text, Llama3Scanner.self, body)
        case .qwen2: forEachToken(text, Qwen2Scanner.self, body)
        case .deepSeek3: forEachToken(text, DeepSeek3Scanner.self, body)
        }
    }

    private mutating func forEachToken<Scanner: PieceScanner>(
        _ text: UnsafeBufferPointer<UInt8>, _: Scanner.Type, _ body: (UInt32, Int) -> Bool
    ) {
        guard let base = text.baseAddress else { return }
        let pieces = PieceText(base, end: text.count)
        encoding.vocabulary.withTables { tables in
            var start = 0
            while start < pieces.end {
                let end = Scanner.pieceEnd(pieces, from: start)
                var at = start
                var goesOn = true
                scratch.tokens(pieces, start, end, tables) { id in
                    at += Int(tables.starts[Int(id) + 1] - tables.starts[Int(id)])
                    if goesOn { goesOn = body(id, at) }
                }
                guard goesOn else { return }
                start = end
            }
        }
    }
}
