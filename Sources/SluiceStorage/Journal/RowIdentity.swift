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
    package static func of(_ row: JSON) -> RowIdentity? { of(row.members) }

    /// The id among the members of a row; nil if there is none.
    package static func of(_ members: JSON.Members) -> RowIdentity? {
        members.withPlaces { range(among: $0, in: $1) }.map {
            RowIdentity(json: JSON(trusted: members.object[$0]))
        }
    }

    /// Whether both are the same id.
    package static func == (left: RowIdentity, right: RowIdentity) -> Bool { left.text == right.text }

    /// What stands for the id in tables: the first bits of the SHA-256 of its text.
    var hash: RowHash {
        json.raw.withUnsafeBytes { json in
            Self.withText(ofJSON: json) { RowHash(SHA256.hash(data: UnsafeRawBufferPointer($0))) }
        }
    }

    /// 96 bits of it.
    var key: HashKey { HashKey(hash) }

    /// Where the id of a row stands in its validated text; nil if it has none or is no object.
    static func range(in text: UnsafeBufferPointer<UInt8>) -> Range<Int>? { range(among: MemberWalk(text), in: text) }

    private static func range(
        among members: some Sequence<JSON.Place>, in text: UnsafeBufferPointer<UInt8>
    ) -> Range<Int>? {
        var found: Range<Int>?
        var rank = 0
        for member in members {
            let better: Int
            switch member.name.count {
            case 2 where member.isWritten("id", in: text): better = 2
            case 5 where member.isWritten("index", in: text): better = 1
            case 9 where member.isWritten("custom_id", in: text): better = 3
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
}
