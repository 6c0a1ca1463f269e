import SluiceCore

extension Reply {
    /// An error in the shape of Google's APIs (`google.rpc.Status`), in a list, as Gemini's OpenAI layer sends it.
    init(google refusal: Refusal) {
        var body = JSONBuilder()
        body.beginArray()
        body.beginObject()
        body.key("error")
        body.beginObject()
        body.key("code")
        body.value(refusal.status)
        body.key("message")
        body.value(refusal.message)
        body.key("status")
        body.value(Self.googleStatus(refusal.status))
        if refusal.dimension != nil || refusal.retryAfter != nil {
            body.appendDetails(refusal.dimension, wait: refusal.retryAfter)
        }
        body.endObject()
        body.endObject()
        body.endArray()
        self.init(status: refusal.status, body: body.bytes)
    }

    private static func googleStatus(_ status: Int) -> String {
        switch status {
        case 400: "INVALID_ARGUMENT"
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 429: "RESOURCE_EXHAUSTED"
        case 503: "UNAVAILABLE"
        case 504: "DEADLINE_EXCEEDED"
        default: "INTERNAL"
        }
    }
}

extension JSONBuilder {
    fileprivate mutating func appendDetails(_ dimension: RateDimension?, wait: TimeSpan?) {
        key("details")
        beginArray()
        if let dimension { appendViolation(dimension) }
        if let wait {
            beginObject()
            key("@type")
            value("type.googleapis.com/google.rpc.RetryInfo")
            key("retryDelay")
            value("\(wait.wholeSeconds)s")
            endObject()
        }
        endArray()
    }

    private mutating func appendViolation(_ dimension: RateDimension) {
        let unit = dimension.countsTokens ? "InputTokens" : "Requests"
        beginObject()
        key("@type")
        value("type.googleapis.com/google.rpc.QuotaFailure")
        key("violations")
        beginArray()
        beginObject()
        key("quotaMetric")
        value("generativelanguage.googleapis.com/generate_content_requests")
        key("quotaId")
        value("Generate\(unit)\(dimension.isDaily ? "PerDay" : "PerMinute")PerProjectPerModel")
        endObject()
        endArray()
        endObject()
    }
}
