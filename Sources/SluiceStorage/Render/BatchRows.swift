import SluiceCore

/// `openai-batch`: the lines that OpenAI's batch API gives back, of answered rows only.
///
/// <https://platform.openai.com/docs/api-reference/batch/request-output>
struct BatchRows: RowForm {
    func append(_ row: RenderedRow, to out: inout [UInt8]) {
        guard let answer = row.answer else { return }
        var json = JSONBuilder(capacity: answer.raw.count + 256)
        json.beginObject()
        json.key("id")
        json.value("batch_req_\(row.facts?["hash"]?.string ?? "\(row.number)")")
        json.key("custom_id")
        json.value(row.id.map { $0.string ?? $0.raw.text } ?? "line-\(row.number)")
        json.key("response")
        json.beginObject()
        json.key("status_code")
        json.value(200)
        json.key("request_id")
        json.value(answer["id"]?.string ?? "")
        json.key("body")
        json.raw(answer.raw)
        json.endObject()
        json.key("error")
        json.null()
        json.endObject()
        out.append(contentsOf: json.bytes)
        out.append(0x0A)
    }
}
