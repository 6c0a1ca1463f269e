extension PieceText {
    /// The first offset at or after `at` whose character is of none of the classes.
    @inline(__always)
    func run(of wanted: ScalarClass, from at: Int) -> Int {
        var at = at
        while at < end {
            let (found, length) = character(at)
            guard found.isAny(of: wanted) else { break }
            at += length
        }
        return at
    }

    /// The first offset at or after `at` whose character is of one of the classes.
    @inline(__always)
    func run(notOf unwanted: ScalarClass, from at: Int) -> Int {
        var at = at
        while at < end {
            let (found, length) = character(at)
            if found.isAny(of: unwanted) { break }
            at += length
        }
        return at
    }

    /// The first offset at or after `at` that holds no ASCII letter of lower case; reads eight bytes at a time.
    @inline(__always)
    func lowerASCIIRun(from at: Int) -> Int {
        var at = at
        while at + 8 <= end {
            let word = word(at)
            let low = word & ByteLanes.sevens
            // The top bit of each lane: the byte is at least 'a', and not above 'z'.
            let isLower = (low &+ ByteLanes.all(0x80 - 0x61)) & ~(low &+ ByteLanes.all(0x80 - 0x7B)) & ~word
            let others = ~isLower & ByteLanes.tops
            if others != 0 { return at + others.trailingZeroBitCount >> 3 }
            at += 8
        }
        while at < end, base[at] &- 0x61 < 26 { at += 1 }
        return at
    }

    /// The first offset at or after `at` that holds no ASCII letter; reads eight bytes at a time.
    @inline(__always)
    func letterASCIIRun(from at: Int) -> Int {
        var at = at
        while at + 8 <= end {
            let word = word(at)
            let low = (word | ByteLanes.all(0x20)) & ByteLanes.sevens
            let isLetter = (low &+ ByteLanes.all(0x80 - 0x61)) & ~(low &+ ByteLanes.all(0x80 - 0x7B)) & ~word
            let others = ~isLetter & ByteLanes.tops
            if others != 0 { return at + others.trailingZeroBitCount >> 3 }
            at += 8
        }
        while at < end, (base[at] | 0x20) &- 0x61 < 26 { at += 1 }
        return at
    }

    @inline(__always)
    private func word(_ at: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self))
    }

    /// Where the piece ends that starts with the blank at `at`, where no other alternative of a pattern matched.
    ///
    /// These are the alternatives `\s*[\r\n]+|\s+(?!\S)|\s+`: up to the last line end of the run of blanks; else all
    /// of a run that ends the text; else all but its last character, which may begin the next piece; else that one.
    /// - Parameters:
    ///   - knowsLines: whether the pattern has the first of them.
    ///   - takesRest: whether a run that ends the text is one piece even if it holds line ends (`\s++$`).
    @inline(__always)
    func blankPieceEnd(_ start: Int, knowsLines: Bool = true, takesRest: Bool) -> Int {
        var at = start
        var last = start
        var behindLine = start
        while at < end {
            let (found, length) = character(at)
            guard found.contains(.blank) else { break }
            last = at
            at += length
            if found.contains(.lineEnd) { behindLine = at }
        }
        if takesRest, at == end { return at }
        if knowsLines, behindLine > start { return behindLine }
        return at == end || last == start ? at : last
    }
}

/// Constants for arithmetic on the eight bytes of a word.
enum ByteLanes {
    static var tops: UInt64 { 0x8080_8080_8080_8080 }
    static var sevens: UInt64 { 0x7F7F_7F7F_7F7F_7F7F }

    /// The same byte in all lanes.
    @inline(__always)
    static func all(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
}
