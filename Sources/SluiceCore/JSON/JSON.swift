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
    public var kind: Kind {
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
    public var isNull: Bool { kind == .null }

    /// The members of an object in their order, or none for any other value.
    public var members: [Member] {
        var found: [Member] = []
        forEachMember { found.append($0) }
        return found
    }

    /// Calls a closure with each member of an object, in order.
    package func forEachMember(_ body: (Member) -> Void) {
        guard kind == .object else { return }
        raw.withUnsafeBytes { buffer in
            let scanner = JSONScanner(buffer)
            var at = scanner.blanks(1)
            while at < buffer.count, buffer[at] == UInt8(ascii: "\"") {
                let nameEnd = scanner.skipString(at)
                let value = scanner.blanks(scanner.blanks(nameEnd) + 1)
                let valueEnd = scanner.skip(value)
                body(
                    Member(
                        name: raw[at + 1..<nameEnd - 1], value: JSON(trusted: raw[value..<valueEnd]),
                        range: at..<valueEnd))
                at = scanner.blanks(valueEnd)
                if at < buffer.count, buffer[at] == UInt8(ascii: ",") { at = scanner.blanks(at + 1) }
            }
        }
    }

    /// The elements of an array, or none for any other value.
    public var elements: [JSON] {
        guard kind == .array else { return [] }
        return raw.withUnsafeBytes { buffer in
            let scanner = JSONScanner(buffer)
            var found: [JSON] = []
            var at = scanner.blanks(1)
            while at < buffer.count, buffer[at] != UInt8(ascii: "]") {
                let end = scanner.skip(at)
                found.append(JSON(trusted: raw[at..<end]))
                at = scanner.blanks(end)
                if at < buffer.count, buffer[at] == UInt8(ascii: ",") { at = scanner.blanks(at + 1) }
            }
            return found
        }
    }

    /// The first element of an array.
    public var first: JSON? {
        guard kind == .array else { return nil }
        return raw.withUnsafeBytes { buffer in
            let scanner = JSONScanner(buffer)
            let at = scanner.blanks(1)
            guard buffer[at] != UInt8(ascii: "]") else { return nil }
            return JSON(trusted: raw[at..<scanner.skip(at)])
        }
    }

    /// The value of a member; of several with one name the last, as Python and JavaScript read it.
    public subscript(name: String) -> JSON? {
        var found: JSON?
        forEachMember { if $0.isNamed(name) { found = $0.value } }
        return found
    }
}
