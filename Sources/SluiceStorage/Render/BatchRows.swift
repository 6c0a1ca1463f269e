import SluiceCore

/// `openai-batch`: the lines that OpenAI's batch API gives back, of answered rows only.
///
/// <https://platform.openai.com/docs/api-reference/batch/request-output>
struct BatchRows: RowForm {
    func append(_ row: RenderedRow, to out: inout [UInt8]) {
        guard let answer = row.answer else { return }
        var json = JSONBuilder(capacity: answer.raw.count + 256)
        json.beginObject()
        json.member("id", "batch_req_\(row.facts?["hash"]?.string ?? "\(row.number)")")
        json.member("custom_id", row.id ?? "line-\(row.number)")
        json.key("response")
        json.beginObject()
        json.member("status_code", 200)
        json.member("request_id", answer["id"]?.string ?? "")
        json.member("body", raw: answer.raw)
        json.endObject()
        json.key("error")
        json.null()
        json.endObject()
        out.append(contentsOf: json.bytes)
        out.append(0x0A)
    }
}
