import SluiceCore

/// `cookbook`: `[request, response]`, and the row's `metadata` as third where it has one; answered rows only.
///
/// The shape of the OpenAI cookbook's `api_request_parallel_processor.py`.
struct CookbookRows: RowForm {
    func append(_ row: RenderedRow, to out: inout [UInt8]) {
        guard let answer = row.answer, let object = row.row else { return }
        var json = JSONBuilder(capacity: object.raw.count + answer.raw.count + 64)
        json.beginArray()
        json.raw(row.facts?["request"]?.raw ?? object.raw)
        json.raw(answer.raw)
        if let metadata = object["metadata"] { json.raw(metadata.raw) }
        json.endArray()
        out.append(contentsOf: json.bytes)
        out.append(0x0A)
    }
}
