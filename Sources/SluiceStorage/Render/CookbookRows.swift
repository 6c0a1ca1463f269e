import SluiceCore

/// `cookbook`: `[request, response]`, and the row's `metadata` as third where it has one; answered rows only.
///
/// The shape of the OpenAI cookbook's `api_request_parallel_processor.py`.
struct CookbookRows: RowForm {
    func append(_ row: RenderedRow, to out: inout [UInt8]) {
        guard let answer = row.answer, let object = row.row else { return }
        var json = JSONBuilder(capacity: object.raw.count + answer.raw.count + 64)
        json.beginArray()
        if let request = row.facts?["request"] {
            json.raw(request.raw)
        } else {
            append(object, to: &json)
        }
        json.raw(answer.raw)
        if let metadata = object["metadata"] ?? Self.metadata(ofResult: object) { json.raw(metadata.raw) }
        json.endArray()
        out.append(contentsOf: json.bytes)
        out.append(0x0A)
    }

    /// A row as the script sends it, which takes `metadata` out first.
    private func append(_ row: JSON, to json: inout JSONBuilder) {
        json.beginObject()
        for member in row.members where !member.isNamed("metadata") { json.rawMembers(row.raw[member.range]) }
        json.endObject()
    }

    /// The third part of a row that is such a line itself; lists come as the `messages` of an object.
    private static func metadata(ofResult row: JSON) -> JSON? {
        guard let parts = row["messages"]?.elements, parts.count == 3, parts[0]["messages"] != nil,
            parts.allSatisfy({ $0["role"] == nil })
        else { return nil }
        return parts[2]
    }
}
