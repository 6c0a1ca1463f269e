import SluiceCore

/// JSON written in one way only: no blanks between tokens, strings escaped as little as can be, members in their order.
///
/// Tools read a request and write it again; what they sent is recognised by this. The order of members and how numbers are
/// written stay, since tools keep them; `CanonicalEncoder`, by which the cache finds equal requests whoever wrote them,
/// levels both out.
enum CanonicalJSON {
    /// The bytes of a value; members of these names at its top are left out.
    static func bytes(_ value: JSON, without names: Set<String> = []) -> [UInt8] {
        var json = JSONBuilder(capacity: value.raw.count)
        append(value, without: names, to: &json)
        return json.bytes
    }

    private static func append(_ value: JSON, without names: Set<String> = [], to json: inout JSONBuilder) {
        switch value.kind {
        case .object:
            json.beginObject()
            for member in value.members where !names.contains(member.text) {
                json.key(member.text)
                append(member.value, to: &json)
            }
            json.endObject()
        case .array:
            json.beginArray()
            for element in value.elements { append(element, to: &json) }
            json.endArray()
        case .string: json.value(value.string ?? "")
        default: json.raw(value.raw)
        }
    }
}
