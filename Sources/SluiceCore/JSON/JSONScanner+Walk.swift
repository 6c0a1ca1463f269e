extension JSONScanner {
    /// The offset behind the validated string that starts at `offset`.
    @inline(__always)
    func skipString(_ offset: Int) -> Int {
        var isEscaped = false
        return skipString(offset, &isEscaped)
    }

    /// The same, and whether there are escapes in the string.
    @inline(__always)
    func skipString(_ offset: Int, _ isEscaped: inout Bool) -> Int {
        var at = offset + 1
        while true {
            while at + ByteBlock.count <= end {
                let block = ByteBlock(base + at)
                if let hit = ByteBlock.first(block.equal(UInt8(ascii: "\"")) .| block.equal(UInt8(ascii: "\\"))) {
                    at += hit
                    break
                }
                at += ByteBlock.count
            }
            if at >= end { return end }
            if base[at] == UInt8(ascii: "\"") { return at + 1 }
            let isEscape = base[at] == UInt8(ascii: "\\")
            if isEscape { isEscaped = true }
            at += isEscape ? 2 : 1
        }
    }

    /// The offset behind the validated value that starts at `offset`.
    ///
    /// On other text it stays within the bytes and returns `offset` itself where no value starts.
    package func skip(_ offset: Int) -> Int {
        guard offset < end else { return end }
        switch base[offset] {
        case UInt8(ascii: "\""): return skipString(offset)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return skipContainer(offset)
        default:
            var at = offset
            while at < end {
                switch base[at] {
                case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x0A, 0x0D, 0x09: return at
                default: at += 1
                }
            }
            return at
        }
    }

    private func skipContainer(_ offset: Int) -> Int {
        var at = offset
        var depth = 0
        while at < end {
            switch base[at] {
            case UInt8(ascii: "\""):
                at = skipString(at)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return at + 1 }
            default: break
            }
            at += 1
        }
        return end
    }

    /// Moves `cursor` over the next member of a validated object, and over the comma behind it; nil after the last.
    ///
    /// `cursor` starts at the first offset behind the opening brace that is no blank. On text that is no object the
    /// walk ends early; every range it gives is within the bytes, and the cursor only moves forward.
    @usableFromInline
    package func nextMember(_ cursor: inout Int) -> JSON.Place? {
        guard cursor < end, base[cursor] == UInt8(ascii: "\"") else { return nil }
        let start = cursor
        var isEscaped = false
        let nameEnd = skipString(start, &isEscaped)
        let value = blanks(blanks(nameEnd) + 1)
        let valueEnd = skip(value)
        // A name without an end reaches to the end of the bytes, where no value follows.
        guard valueEnd > value else { return nil }
        cursor = blanks(valueEnd)
        if cursor < end, base[cursor] == UInt8(ascii: ",") { cursor = blanks(cursor + 1) }
        return JSON.Place(name: start + 1..<nameEnd - 1, value: value..<valueEnd, isEscaped: isEscaped)
    }

    /// Moves `cursor` over the next element of a validated array, and over the comma behind it; nil after the last.
    ///
    /// `cursor` starts at the first offset behind the opening bracket that is no blank. On text that is no array the
    /// walk ends early; every range it gives is within the bytes, and the cursor only moves forward.
    @usableFromInline
    func nextElement(_ cursor: inout Int) -> Range<Int>? {
        guard cursor < end, base[cursor] != UInt8(ascii: "]") else { return nil }
        let start = cursor
        let valueEnd = skip(start)
        guard valueEnd > start else { return nil }
        cursor = blanks(valueEnd)
        if cursor < end, base[cursor] == UInt8(ascii: ",") { cursor = blanks(cursor + 1) }
        return start..<valueEnd
    }
}
