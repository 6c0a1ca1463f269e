/// A vocabulary's tables, lent for the length of a call, so that a loop over text pays for no checks.
struct Tables {
    let bytes: UnsafePointer<UInt8>
    let starts: UnsafePointer<UInt32>
    let byteIDs: UnsafePointer<UInt32>
    let bytePairs: UnsafePointer<UInt32>
    fileprivate let bytesEnd: Int
    fileprivate let pairs: UnsafePointer<UInt64>
    fileprivate let pairShift: UInt64
    fileprivate let pairMask: Int
    fileprivate let tokens: UnsafePointer<UInt32>
    fileprivate let tokenShift: UInt64
    fileprivate let tokenMask: Int
    fileprivate let characters: UnsafePointer<UInt32>
    fileprivate let before: UnsafePointer<UInt64>
    fileprivate let behind: UnsafePointer<UInt64>

    /// The id that two ids are merged to, or ``PairTable/none``.
    @inline(__always)
    func merged(_ left: UInt32, _ right: UInt32) -> UInt32 {
        let key = UInt64(left) << 18 | UInt64(right)
        var at = Int(truncatingIfNeeded: PairTable.hash(key) >> pairShift)
        while true {
            let slot = pairs[at]
            if slot >> 18 == key { return UInt32(truncatingIfNeeded: slot & 0x3FFFF) }
            if slot == .max { return PairTable.none }
            at = (at + 1) & pairMask
        }
    }

    /// The id of a short piece that is a token.
    @inline(__always)
    func token(_ key: PieceKey) -> UInt32? {
        find(key.hash) { start, count in
            PieceKey(bytes, at: start, count: min(count, 16), end: bytesEnd) == key
        }
    }

    /// The id of a piece of more than 15 bytes that is a token; `hash` is ``TokenTable/hash(_:count:)`` of it.
    @inline(__always)
    func longToken(_ base: UnsafePointer<UInt8>, count: Int, hash: UInt64) -> UInt32? {
        find(hash) { start, length in
            guard length == count else { return false }
            for index in 0..<count where bytes[start + index] != base[index] { return false }
            return true
        }
    }

    @inline(__always)
    private func find(_ hash: UInt64, _ isEqual: (_ start: Int, _ count: Int) -> Bool) -> UInt32? {
        let tag = TokenTable.tag(hash)
        var at = Int(truncatingIfNeeded: hash >> tokenShift)
        while true {
            let slot = tokens[at]
            // An empty slot looks like a token of one of the tags; there is none with its id.
            if slot & 0xFFFC_0000 == tag, slot != TokenTable.none {
                let id = Int(slot & 0x3FFFF)
                let start = Int(starts[id])
                if isEqual(start, Int(starts[id + 1]) - start) { return UInt32(id) }
            }
            if slot == TokenTable.none { return nil }
            at = (at + 1) & tokenMask
        }
    }

    /// The id of a character with flags, or ``WholeCharacters/none``.
    @inline(__always)
    func character(_ scalar: Int) -> UInt32 { characters[scalar] }

    /// Whether this character before another may take some of its bytes.
    @inline(__always)
    func takesFromNext(_ scalar: Int) -> Bool { before[scalar >> 6] >> UInt64(scalar & 63) & 1 != 0 }

    /// Whether this character behind another may take some of its bytes.
    @inline(__always)
    func takesFromPrevious(_ scalar: Int) -> Bool { behind[scalar >> 6] >> UInt64(scalar & 63) & 1 != 0 }
}

extension Vocabulary {
    /// Lends the tables, none of which is empty.
    @inline(__always)
    func withTables<R>(_ body: (Tables) -> R) -> R {
        bytes.withUnsafeBufferPointer { bytes in
            starts.withUnsafeBufferPointer { starts in
                byteIDs.withUnsafeBufferPointer { byteIDs in
                    bytePairs.withUnsafeBufferPointer { bytePairs in
                        withLookups { pairs, tokens, characters, before, behind in
                            body(
                                Tables(
                                    bytes: bytes.baseAddress.unsafelyUnwrapped,
                                    starts: starts.baseAddress.unsafelyUnwrapped,
                                    byteIDs: byteIDs.baseAddress.unsafelyUnwrapped,
                                    bytePairs: bytePairs.baseAddress.unsafelyUnwrapped, bytesEnd: bytes.count,
                                    pairs: pairs.baseAddress.unsafelyUnwrapped, pairShift: self.pairs.shift,
                                    pairMask: pairs.count - 1, tokens: tokens.baseAddress.unsafelyUnwrapped,
                                    tokenShift: self.tokens.shift, tokenMask: tokens.count - 1,
                                    characters: characters.baseAddress.unsafelyUnwrapped,
                                    before: before.baseAddress.unsafelyUnwrapped,
                                    behind: behind.baseAddress.unsafelyUnwrapped))
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private func withLookups<R>(
        _ body: (
            UnsafeBufferPointer<UInt64>, UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<UInt32>,
            UnsafeBufferPointer<UInt64>, UnsafeBufferPointer<UInt64>
        ) -> R
    ) -> R {
        pairs.slots.withUnsafeBufferPointer { pairs in
            tokens.slots.withUnsafeBufferPointer { tokens in
                characters.ids.withUnsafeBufferPointer { characters in
                    self.characters.before.withUnsafeBufferPointer { before in
                        self.characters.behind.withUnsafeBufferPointer { behind in
                            body(pairs, tokens, characters, before, behind)
                        }
                    }
                }
            }
        }
    }
}
