/// Which characters of two or three bytes may be taken as one token from the start of a merge, instead of byte by byte.
///
/// A character that is a token is joined from its own bytes as long as no token of a lower rank takes only some of
/// them together with bytes of a neighbour. Tokens that could do so are few: those that begin or end inside a
/// character. For each character the table says whether such a token of a lower rank exists, and if it does, beside
/// which neighbours. Where one might interfere, the character is merged byte by byte.
struct WholeCharacters: Sendable {
    /// The character is safe only if the one before it is not in ``before``.
    static var looksBefore: UInt32 { 1 << 31 }
    /// The character is safe only if the one behind it is not in ``behind``.
    static var looksBehind: UInt32 { 1 << 30 }
    /// It is not a token, or never safe.
    static var none: UInt32 { .max }

    /// For each scalar up to U+FFFF the id, with the flags above, or ``none``.
    private(set) var ids = [UInt32](repeating: WholeCharacters.none, count: 1 << 16)
    /// A bit for each scalar up to U+FFFF: a token exists of this character and the first bytes of another.
    private(set) var before = [UInt64](repeating: 0, count: 1 << 10)
    /// The same for the last bytes of a character and this one.
    private(set) var behind = [UInt64](repeating: 0, count: 1 << 10)

    // Tokens that end with the first bytes of a character, or begin with the last bytes of one; `always` has those that
    // take these bytes whatever the neighbour is.
    private var tails = CharacterEdges()
    private var heads = CharacterEdges()
    private var alwaysTails = CharacterEdges()
    private var alwaysHeads = CharacterEdges()
    private var characters: [(scalar: Int, id: UInt32)] = []

    /// Looks at a token of at least two bytes; ids must come in rising order.
    @inline(__always)
    mutating func add(_ token: UnsafePointer<UInt8>, count: Int, id: UInt32) {
        // Nearly all tokens begin and end with ASCII.
        guard (token[0] | token[count - 1]) >= 0x80 else { return }
        addForeign(token, count: count, id: id)
    }

    private mutating func addForeign(_ token: UnsafePointer<UInt8>, count: Int, id: UInt32) {
        if let (scalar, length) = Self.scalar(token, count), length == count, length > 1 {
            characters.append((scalar, id))
            return
        }
        if let length = Self.openTail(token, count), length < count {
            let tail = token + count - length
            if let neighbour = Self.last(token, count - length) {
                tails.add(tail, length, id)
                before[neighbour >> 6] |= 1 << UInt64(neighbour & 63)
            } else {
                alwaysTails.add(tail, length, id)
            }
        }
        var head = 0
        while head < count, token[head] & 0xC0 == 0x80 { head += 1 }
        if head > 0, head < count {
            if let (neighbour, length) = Self.scalar(token + head, count - head), length > 0 {
                heads.add(token, head, id)
                behind[neighbour >> 6] |= 1 << UInt64(neighbour & 63)
            } else {
                alwaysHeads.add(token, head, id)
            }
        }
    }

    /// Decides about each character, once all tokens were looked at.
    mutating func finish() {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 3) { buffer in
            guard let bytes = buffer.baseAddress else { return }
            for (scalar, id) in characters { decide(scalar, id, bytes) }
        }
        characters = []
        (tails, heads) = (CharacterEdges(), CharacterEdges())
        (alwaysTails, alwaysHeads) = (CharacterEdges(), CharacterEdges())
    }

    private mutating func decide(_ scalar: Int, _ id: UInt32, _ bytes: UnsafeMutablePointer<UInt8>) {
        let width = scalar < 0x800 ? 2 : 3
        bytes[0] = UInt8(width == 2 ? 0xC0 | scalar >> 6 : 0xE0 | scalar >> 12)
        bytes[1] = UInt8(0x80 | (width == 2 ? scalar : scalar >> 6) & 0x3F)
        bytes[2] = UInt8(0x80 | scalar & 0x3F)
        var flags: UInt32 = 0
        for length in 1..<width {
            let (rest, restCount) = (bytes + length, width - length)
            if alwaysTails.lowest(bytes, length) < id || alwaysHeads.lowest(rest, restCount) < id { return }
            if tails.lowest(bytes, length) < id { flags |= Self.looksBefore }
            if heads.lowest(rest, restCount) < id { flags |= Self.looksBehind }
        }
        ids[scalar] = id | flags
    }

    /// How many bytes at the end are the beginning of a character that is cut off; nil if there are none.
    private static func openTail(_ token: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        for length in 1...3 where length <= count {
            let byte = token[count - length]
            if byte >= 0xC0 { return length < width(byte) ? length : nil }
            if byte < 0x80 { return nil }
        }
        return nil
    }

    /// The whole character that ends before `end`.
    private static func last(_ token: UnsafePointer<UInt8>, _ end: Int) -> Int? {
        var start = end - 1
        while start > 0, token[start] & 0xC0 == 0x80 { start -= 1 }
        guard let (scalar, length) = scalar(token + start, end - start), length == end - start else { return nil }
        return scalar
    }

    /// The whole character of up to three bytes at the start.
    private static func scalar(_ token: UnsafePointer<UInt8>, _ count: Int) -> (scalar: Int, length: Int)? {
        let byte = token[0]
        if byte < 0x80 { return (Int(byte), 1) }
        guard byte >= 0xC2, byte < 0xF0, count >= width(byte), token[1] & 0xC0 == 0x80 else { return nil }
        if byte < 0xE0 { return (Int(byte & 0x1F) << 6 | Int(token[1] & 0x3F), 2) }
        guard token[2] & 0xC0 == 0x80 else { return nil }
        return (Int(byte & 0x0F) << 12 | Int(token[1] & 0x3F) << 6 | Int(token[2] & 0x3F), 3)
    }

    private static func width(_ lead: UInt8) -> Int { lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }
}
