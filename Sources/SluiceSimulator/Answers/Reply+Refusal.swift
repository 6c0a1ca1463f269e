import SluiceCore

extension Reply {
    /// An error.
    init(_ refusal: Refusal, sendsRetryAfter: Bool, style: ErrorStyle = .openAI) {
        switch style {
        case .openAI: self.init(openAI: refusal)
        case .gemini: self.init(google: refusal)
        }
        if sendsRetryAfter, let wait = refusal.retryAfter {
            headers.append(("retry-after", String(wait.wholeSeconds)))
            headers.append(("retry-after-ms", String(wait.wholeMilliseconds)))
        }
    }

    /// An error in OpenAI's shape.
    private init(openAI refusal: Refusal) {
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
    }
}
