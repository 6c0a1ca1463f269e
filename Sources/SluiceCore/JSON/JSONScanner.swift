/// Walks over JSON text (RFC 8259) without building anything.
///
/// `validate` is strict: grammar, UTF-8, escapes, no control characters in strings, nesting of at most
/// ``depthLimit``. `skip` walks over text that was validated before and checks nothing twice. A lone surrogate
/// written as an escape is grammatical and passes; it decodes to U+FFFD.
@usableFromInline
package struct JSONScanner {
    /// Deeper nesting is refused: the walk is recursive.
    package static let depthLimit = 128

    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline let end: Int

    @inlinable
    package init(_ buffer: UnsafeBufferPointer<UInt8>) {
        // An empty buffer may have no address; it is never read, so any pointer serves.
        base = buffer.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        end = buffer.count
    }

    /// The first offset at or after `offset` that is not a blank.
    @inlinable
    package func blanks(_ offset: Int) -> Int {
        var at = offset
        while at < end, base[at] == 0x20 || base[at] == 0x0A || base[at] == 0x0D || base[at] == 0x09 { at += 1 }
        return at
    }

    /// Checks the value that starts at `offset` and returns the offset behind it.
    package func validate(_ offset: Int, depth: Int = 0) throws(JSONError) -> Int {
        guard offset < end else { throw JSONError("expected a value", at: offset) }
        switch base[offset] {
        case UInt8(ascii: "\""): return try validateString(offset)
        case UInt8(ascii: "{"): return try validateObject(offset, depth: depth)
        case UInt8(ascii: "["): return try validateArray(offset, depth: depth)
        case UInt8(ascii: "t"): return try literal("true", offset)
        case UInt8(ascii: "f"): return try literal("false", offset)
        case UInt8(ascii: "n"): return try literal("null", offset)
        default: return try validateNumber(offset)
        }
    }

    private func validateObject(_ offset: Int, depth: Int) throws(JSONError) -> Int {
        guard depth < Self.depthLimit else { throw JSONError("nested too deeply", at: offset) }
        var at = blanks(offset + 1)
        if at < end, base[at] == UInt8(ascii: "}") { return at + 1 }
        while true {
            guard at < end, base[at] == UInt8(ascii: "\"") else { throw JSONError("expected a name", at: at) }
            at = blanks(try validateString(at))
            guard at < end, base[at] == UInt8(ascii: ":") else { throw JSONError("expected ':'", at: at) }
            at = blanks(try validate(blanks(at + 1), depth: depth + 1))
            guard at < end else { throw JSONError("expected ',' or '}'", at: at) }
            if base[at] == UInt8(ascii: "}") { return at + 1 }
            guard base[at] == UInt8(ascii: ",") else { throw JSONError("expected ',' or '}'", at: at) }
            at = blanks(at + 1)
        }
    }

    private func validateArray(_ offset: Int, depth: Int) throws(JSONError) -> Int {
        guard depth < Self.depthLimit else { throw JSONError("nested too deeply", at: offset) }
        var at = blanks(offset + 1)
        if at < end, base[at] == UInt8(ascii: "]") { return at + 1 }
        while true {
            at = blanks(try validate(at, depth: depth + 1))
            guard at < end else { throw JSONError("expected ',' or ']'", at: at) }
            if base[at] == UInt8(ascii: "]") { return at + 1 }
            guard base[at] == UInt8(ascii: ",") else { throw JSONError("expected ',' or ']'", at: at) }
            at = blanks(at + 1)
        }
    }

    private func literal(_ word: StaticString, _ offset: Int) throws(JSONError) -> Int {
        let count = word.utf8CodeUnitCount
        guard offset + count <= end else { throw JSONError("expected a value", at: offset) }
        for index in 0..<count where base[offset + index] != word.utf8Start[index] {
            throw JSONError("expected a value", at: offset)
        }
        return offset + count
    }

    private func validateNumber(_ offset: Int) throws(JSONError) -> Int {
        var at = offset
        if base[at] == UInt8(ascii: "-") { at += 1 }
        guard at < end, isDigit(at) else { throw JSONError("expected a value", at: offset) }
        if base[at] == UInt8(ascii: "0") { at += 1 } else { at = digits(at) }
        if at < end, base[at] == UInt8(ascii: ".") {
            guard at + 1 < end, isDigit(at + 1) else { throw JSONError("expected a digit", at: at + 1) }
            at = digits(at + 1)
        }
        if at < end, base[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < end, base[at] == UInt8(ascii: "+") || base[at] == UInt8(ascii: "-") { at += 1 }
            guard at < end, isDigit(at) else { throw JSONError("expected a digit", at: at) }
            at = digits(at)
        }
        return at
    }

    private func isDigit(_ at: Int) -> Bool { base[at] &- 0x30 < 10 }

    private func digits(_ offset: Int) -> Int {
        var at = offset
        while at < end, isDigit(at) { at += 1 }
        return at
    }
}
