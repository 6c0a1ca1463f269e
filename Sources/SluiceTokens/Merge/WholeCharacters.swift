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

    // The lowest id of the tokens that end with the first bytes of a character, or begin with the last bytes of one;
    // found by those bytes. `always`: whatever the neighbour is.
    private var tails = [UInt32: UInt32]()
    private var heads = [UInt32: UInt32]()
    private var always = [UInt32: UInt32]()
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
            let key = Self.key(token + count - length, length, isTail: true)
            if let neighbour = Self.last(token, count - length) {
                lower(&tails, key, id)
                before[neighbour >> 6] |= 1 << UInt64(neighbour & 63)
            } else {
                lower(&always, key, id)
            }
        }
        var head = 0
        while head < count, token[head] & 0xC0 == 0x80 { head += 1 }
        if head > 0, head < count {
            let key = Self.key(token, min(head, 3), isTail: false)
            if let (neighbour, length) = Self.scalar(token + head, count - head), length > 0 {
                lower(&heads, key, id)
                behind[neighbour >> 6] |= 1 << UInt64(neighbour & 63)
            } else {
                lower(&always, key, id)
            }
        }
    }

    /// Decides about each character, once all tokens were looked at.
    mutating func finish() {
        for (scalar, id) in characters {
            var bytes: [UInt8] = Array(String(Unicode.Scalar(UInt32(scalar)) ?? " ").utf8)
            var flags: UInt32 = 0
            var isSafe = true
            bytes.withUnsafeMutableBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return }
                for length in 1..<bytes.count {
                    let tail = Self.key(base, length, isTail: true)
                    let head = Self.key(base + length, bytes.count - length, isTail: false)
                    if always[tail, default: .max] < id || always[head, default: .max] < id { isSafe = false }
                    if tails[tail, default: .max] < id { flags |= Self.looksBefore }
                    if heads[head, default: .max] < id { flags |= Self.looksBehind }
                }
            }
            if isSafe { ids[scalar] = id | flags }
        }
        characters = []
        tails = [:]
        heads = [:]
        always = [:]
    }

    private func lower(_ table: inout [UInt32: UInt32], _ key: UInt32, _ id: UInt32) {
        if table[key] == nil { table[key] = id }
    }

    private static func key(_ base: UnsafePointer<UInt8>, _ count: Int, isTail: Bool) -> UInt32 {
        var key: UInt32 = isTail ? 1 : 0
        for index in 0..<count { key = key << 8 | UInt32(base[index]) }
        return key
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
