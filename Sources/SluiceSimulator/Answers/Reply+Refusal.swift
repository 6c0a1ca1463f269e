import SluiceCore

extension Reply {
    /// An error in OpenAI's shape.
    init(_ refusal: Refusal, sendsRetryAfter: Bool) {
        var body = JSONBuilder()
        func text(_ value: String?) {
            if let value { body.value(value) } else { body.null() }
        }
        body.beginObject()
        body.key("error")
        body.beginObject()
        body.key("message")
        body.value(refusal.message)
        body.key("type")
        body.value(refusal.type)
        body.key("param")
        text(refusal.param)
        body.key("code")
        text(refusal.code)
        body.endObject()
        body.endObject()
        self.init(status: refusal.status, body: body.bytes)
        if sendsRetryAfter, let wait = refusal.retryAfter {
            headers.append(("retry-after", String(wait.wholeSeconds)))
            headers.append(("retry-after-ms", String(wait.wholeMilliseconds)))
        }
    }
}
