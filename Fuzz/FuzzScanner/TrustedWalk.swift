import SluiceCore

/// Walks over bytes that were never validated as if they had been.
///
/// Nothing in the program does that; here it proves that the walks which check nothing still stay inside the bytes and
/// come to an end.
struct TrustedWalk {
    private var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    /// Each level of nesting is walked again for the level above, so that there has to be an end.
    private var budget = 200

    /// A number that depends on all that the walks found in the bytes, which must not be empty.
    static func digest(_ bytes: Bytes) -> UInt64 {
        var walk = TrustedWalk()
        walk.visit(JSON(trusted: bytes))
        bytes.withUnsafeBytes { buffer in
            let scanner = JSONScanner(buffer)
            var at = 0
            while at <= buffer.count {
                let end = scanner.skip(at)
                let start = scanner.blanks(at)
                guard (at...buffer.count).contains(end), (at...buffer.count).contains(start) else {
                    fatalError("a walk left the bytes at \(at): \(Array(buffer))")
                }
                walk.add(end)
                walk.add(start)
                at += 1 + buffer.count / 8
            }
        }
        return walk.digest
    }

    private mutating func add(_ number: Int) {
        // FNV-1a over whole words.
        digest = (digest ^ UInt64(truncatingIfNeeded: number)) &* 0x100_0000_01B3
    }

    private mutating func visit(_ json: JSON) {
        guard budget > 0 else { return }
        budget -= 1
        add(json.raw.lower)
        add(json.raw.upper)
        if let text = json.string { for byte in text.utf8 { add(Int(byte)) } }
        if let number = json.int { add(number) }
        if let number = json.double { add(Int(truncatingIfNeeded: number.bitPattern)) }
        if let flag = json.bool { add(flag ? 1 : 0) }
        if let value = json["a"] { add(value.raw.upper) }
        if let value = json.first { add(value.raw.upper) }
        for member in json.members {
            add(member.range.lowerBound)
            add(member.text.utf8.count)
            visit(member.value)
        }
        for element in json.elements { visit(element) }
    }
}
