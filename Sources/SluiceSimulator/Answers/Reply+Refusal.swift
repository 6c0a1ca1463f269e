import SluiceCore

extension Reply {
    /// An error; `hidesLimits` keeps back when a limit lets more through.
    init(_ refusal: Refusal, hidesLimits: Bool, style: ErrorStyle = .openAI, calendar: WallTime? = nil) {
        switch style {
        case .openAI: self.init(openAI: refusal)
        case .gemini: self.init(google: refusal)
        }
        if let wait = refusal.retryAfter, !hidesLimits || refusal.dimension == nil {
            tell(wait: wait, calendar: calendar)
        }
    }

    /// Says when to come back: after how long, or by a calendar as a date, rounded up since dates have no fractions.
    mutating func tell(wait: TimeSpan, calendar: WallTime?) {
        if let calendar {
            headers.append(("retry-after", HTTPDate.text(calendar + wait + TimeSpan(nanoseconds: 999_999_999))))
        } else {
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
