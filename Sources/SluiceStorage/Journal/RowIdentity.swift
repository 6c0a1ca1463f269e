import Crypto
package import SluiceCore

/// The id that a row carries: its `custom_id`, else `id`, else `index`, where that is a string or a whole number.
package struct RowIdentity: Sendable, Equatable {
    /// The id as JSON, as it stands in the row.
    package let json: JSON

    /// The id as text; `7` and `"7"` are one id.
    package var text: String { json.string ?? json.raw.text }

    /// An id that is a text.
    package init(text: String) {
        var quoted = JSONBuilder(capacity: text.utf8.count + 8)
        quoted.value(text)
        json = JSON(trusted: Bytes(quoted.bytes))
    }

    init(json: JSON) { self.json = json }

    /// The id of a row; nil if it has none.
    package static func of(_ row: JSON) -> RowIdentity? {
        guard row.kind == .object else { return nil }
        let range = row.raw.withUnsafeBytes { Self.range(in: $0) }
        guard let range, let json = try? JSON.parse(row.raw[range]) else { return nil }
        return RowIdentity(json: json)
    }

    /// Whether both are the same id.
    package static func == (left: RowIdentity, right: RowIdentity) -> Bool { left.text == right.text }

    /// 96 bits that stand for the id in tables: the first of the SHA-256 of its text.
    var key: HashKey { json.raw.withUnsafeBytes { Self.withText(ofJSON: $0, Self.key) } }

    /// Where the id of a row stands in its validated text; nil if it has none or is no object.
    static func range(in text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        var walk = MemberWalk(text)
        var found: Range<Int>?
        var rank = 0
        while let member = walk.next() {
            let better: Int
            switch member.name.count {
            case 2 where walk.isNamed(member, "id"): better = 2
            case 5 where walk.isNamed(member, "index"): better = 1
            case 9 where walk.isNamed(member, "custom_id"): better = 3
            default: continue
            }
            // Of two members with one name the last counts, as everywhere.
            guard better >= rank, isID(UnsafeBufferPointer(rebasing: text[member.value])) else { continue }
            rank = better
            found = member.value
        }
        return found
    }

    private static func isID(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        switch value[0] {
        // An empty cell of a table is no id.
        case UInt8(ascii: "\""): value.count > 2
        case UInt8(ascii: "-"), 0x30...0x39: value.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
        default: false
        }
    }

    /// What stands for an id while an input is searched for duplicates.
    static func scanKey(ofJSON value: UnsafeBufferPointer<UInt8>) -> IDKey { withText(ofJSON: value, IDKey.init) }

    /// Lends the bytes of an id's text, escapes resolved.
    private static func withText<Key>(
        ofJSON value: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Key
    ) -> Key {
        let isString = value[0] == UInt8(ascii: "\"")
        let inner = isString ? UnsafeBufferPointer(rebasing: value[1..<value.count - 1]) : value
        if isString, inner.contains(UInt8(ascii: "\\")), let json = try? JSON.parse(Bytes(Array(value))),
            var text = json.string
        {
            return text.withUTF8(body)
        }
        return body(inner)
    }

    private static func key(of text: UnsafeBufferPointer<UInt8>) -> HashKey {
        var hash = SHA256()
        hash.update(bufferPointer: UnsafeRawBufferPointer(text))
        return HashKey(RowHash(hash.finalize()))
    }
}
