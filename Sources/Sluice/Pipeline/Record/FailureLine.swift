internal import SluiceCore
internal import SluiceStorage

/// Writes the line of a failed row; it is valid input for another run.
enum FailureLine {
    static func line(_ row: Row?, line number: Int, bytes: Bytes?, _ failure: Failure) -> [UInt8] {
        var json = JSONBuilder(capacity: (bytes?.count ?? 0) + 512)
        json.beginObject()
        json.key("id")
        if let id = row?.id { json.raw(id.json.raw) } else { json.null() }
        json.member("line", number)
        if let asked = row?.asked { json.member("asked", asked) }
        json.key("row")
        if let value = row?.json {
            json.raw(value.raw)
        } else if let bytes {
            json.value(bytes.text)
        } else {
            json.null()
        }
        json.key("error")
        json.beginObject()
        json.member("class", failure.kind.rawValue)
        json.member("status", failure.status)
        json.member("code", failure.code)
        json.member("message", failure.message)
        json.key("attempts")
        json.beginArray()
        for attempt in failure.attempts { append(attempt, to: &json) }
        json.endArray()
        json.endObject()
        json.endObject()
        var line = json.bytes
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private static func append(_ attempt: Failure.Attempt, to json: inout JSONBuilder) {
        json.beginObject()
        json.member("status", attempt.status)
        json.member("message", attempt.message)
        json.member("ms", attempt.milliseconds)
        json.endObject()
    }
}
