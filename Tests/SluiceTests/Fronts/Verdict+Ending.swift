import SluiceCore
import SluiceSimulator
import SluiceTransport

extension Verdict {
    /// Whether its client waits for ever.
    var hangs: Bool {
        if case .stall(_, nil) = fault?.kind { true } else { false }
    }

    /// What a client sees of it, without the bytes of HTTP: a whole reply, or the way in which there is none.
    func ending(item: Int, promptTokens: Int, sendsRetryAfter: Bool) -> Result<Reply, TransportFailure> {
        let body = refusal.map(Self.error) ?? answer(to: item, promptTokens: promptTokens)
        switch fault?.kind {
        case .reset, .close, .truncate(.length), .truncate(.chunked):
            return .failure(TransportFailure(.reset, "the connection ended", mayBePaid: true))
        case .stall(_, nil):
            return .failure(TransportFailure(.timeout, "no reply in time", mayBePaid: true))
        case .truncate(.json): return reply(Array(body.prefix(body.count / 2)))
        case .page: return reply(Array("<html><head><title>Error</title></head></html>".utf8))
        case .body(let text, _, _): return reply(Array(text.utf8))
        // What a fault says about waiting is sent in any case.
        default: return reply(body, wait: sendsRetryAfter || refusal?.dimension == nil ? refusal?.retryAfter : nil)
        }
    }

    private func reply(_ body: [UInt8], wait: TimeSpan? = nil) -> Result<Reply, TransportFailure> {
        var headers = fault?.headers.map { (name: $0.name, value: $0.value) } ?? []
        if let wait { headers.append(("retry-after-ms", "\(wait.nanoseconds / 1_000_000 + 1)")) }
        do {
            return .success(try Reply(status: status ?? 0, headers: headers, body: Bytes(body)))
        } catch {
            return .failure(TransportFailure(.malformed, "\(error)", mayBePaid: true))
        }
    }

    private static func error(_ refusal: Refusal) -> [UInt8] {
        var body = JSONBuilder()
        body.beginObject()
        body.key("error")
        body.beginObject()
        body.key("message")
        body.value(refusal.message)
        body.key("type")
        body.value(refusal.type)
        body.key("code")
        if let code = refusal.code { body.value(code) } else { body.null() }
        body.endObject()
        body.endObject()
        return body.bytes
    }

    private func answer(to item: Int, promptTokens: Int) -> [UInt8] {
        var body = JSONBuilder()
        body.beginObject()
        body.key("choices")
        body.beginArray()
        body.beginObject()
        body.key("message")
        body.beginObject()
        body.key("content")
        body.value("Answer to item-\(item): done")
        body.endObject()
        body.key("finish_reason")
        body.value("stop")
        body.endObject()
        body.endArray()
        body.key("usage")
        body.beginObject()
        body.key("prompt_tokens")
        body.value(promptTokens)
        body.key("completion_tokens")
        body.value(outputTokens)
        body.endObject()
        body.endObject()
        return body.bytes
    }
}
