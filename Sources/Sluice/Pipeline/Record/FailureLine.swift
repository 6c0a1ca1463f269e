internal import SluiceCore
internal import SluiceStorage

/// Writes the line of a failed row; it is valid input for another run.
enum FailureLine {
    static func line(_ row: Row?, line number: Int, bytes: Bytes?, _ failure: Failure) -> [UInt8] {
        var json = JSONBuilder(capacity: (bytes?.count ?? 0) + 512)
        json.beginObject()
        json.key("id")
        if let id = row?.id { json.raw(id.json.raw) } else { json.null() }
        json.key("line")
        json.value(number)
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
        json.key("class")
        json.value(failure.kind.rawValue)
        json.key("status")
        if let status = failure.status { json.value(status) } else { json.null() }
        json.key("code")
        if let code = failure.code { json.value(code) } else { json.null() }
        json.key("message")
        json.value(failure.message)
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
        json.key("status")
        if let status = attempt.status { json.value(status) } else { json.null() }
        json.key("message")
        json.value(attempt.message)
        json.key("ms")
        json.value(attempt.milliseconds)
        json.endObject()
    }
}
