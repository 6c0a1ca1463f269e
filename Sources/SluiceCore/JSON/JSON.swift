/// A JSON value inside validated bytes: nothing is copied or converted before it is asked for.
///
/// ``parse(_:)`` walks the text once, strictly. Fields are then found by walking over their neighbours; an untouched
/// field is handed on byte for byte through ``raw``.
public struct JSON: Sendable {
    /// The six kinds of value.
    public enum Kind: Sendable {
        case object, array, string, number, bool, null
    }

    /// The text of the value, without outer blanks.
    public let raw: Bytes

    /// Takes over bytes that are known to be one JSON value without outer blanks; they must not be empty.
    @inlinable
    package init(trusted raw: Bytes) {
        self.raw = raw
    }

    /// Checks that the bytes are one JSON value and nothing else.
    /// - Throws: ``JSONError`` with the offset of the first byte that is wrong.
    public static func parse(_ bytes: Bytes) throws(JSONError) -> JSON {
        let range = try bytes.withUnsafeBytes { buffer throws(JSONError) -> Range<Int> in
            let scanner = JSONScanner(buffer)
            let start = scanner.blanks(0)
            let end = try scanner.validate(start)
            let rest = scanner.blanks(end)
            guard rest == buffer.count else { throw JSONError("unexpected text after the value", at: rest) }
            return start..<end
        }
        return JSON(trusted: bytes[range])
    }

    /// What kind of value this is.
    @inlinable public var kind: Kind {
        switch raw[0] {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// Whether this is `null`.
    @inlinable public var isNull: Bool { kind == .null }
}
