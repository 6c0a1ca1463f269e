import SluiceCore
import SluiceProviders

/// Replies that are no answer: every body with every status has a class and one line of message.
enum ErrorEntry: FuzzEntry {
    static let name = "error"

    private static let statuses = [
        200, 204, 302, 400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 529, 0, -1, 999,
    ]

    private static let providers = [nil, "openai", "anthropic", "dashscope", "minimax", "zai"]

    static func run(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes.prefix(40), as: UTF8.self)
        let status = statuses[bytes.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % statuses.count]
        let body = Bytes(bytes)
        for hasHeaders in [false, true] {
            let verdict = ErrorClassifier.classify(
                status: status, header: { _ in hasHeaders ? text : nil }, body: body,
                from: providers[bytes.count % providers.count], now: WallTime(nanoseconds: 1_795_246_080_000_000_000))
            expect(verdict.kind != .ok, "an error that is fine", bytes)
            expect((verdict.wait?.nanoseconds ?? 0) >= 0, "a wait below zero", bytes)
            let isOneLine = verdict.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            expect((302 == status && hasHeaders) || isOneLine, "a message of more than one line", bytes)
        }
        return (try? JSON.parse(body)) != nil
    }

    static let corpus = [
        #"{"error":{"message":"Rate limit reached for m on tokens per min (TPM): Limit 30000, Used 1, Requested 45000. "#
            + #"Please try again in 7m12s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
        #"{"error":{"message":"spent","type":"insufficient_quota","param":"service_tier","code":null}}"#,
        #"[{"error":{"code":429,"message":"exceeded your current quota","status":"RESOURCE_EXHAUSTED","details":"#
            + #"[{"quotaId":"PerDay"},{"retryDelay":"46s"}]}}]"#,
        #"{"choices":[{"error":{"code":502,"message":"gone"}}]}"#, #"{"error":"model 'x' not found"}"#,
        #"{"object":"error","message":"m","type":"NotFoundError","code":404}"#, #"{"detail":[{"msg":"m"}]}"#,
        #"{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}"#,
        #"{"error_code":18,"error_msg":"limit reached"}"#,
        "<html><head><title>502</title></head><body>Bad\n<b>Gateway</b></body></html>", "", "{}", "[]", "null",
    ].map { Array($0.utf8) }

    static let tokens =
        [
            "\"", "\\", "{", "}", "[", "]", ":", ",", "null", "429", "-1", "9223372036854775808", "\"code\":",
            "\"error\":",
            "\"type\":", "\"message\":", "Limit ", "Requested ", "999999999999999999999", "1,000", "\\u0000", "\\u001b",
            "\\u2028", "<", ">", "\u{301}", "欠费", "model", "not found", "try again in ", "9d",
        ].map { Array($0.utf8) } + [[0xFF], [0x00], [0x0A]]
}

/// Answers: whatever is read is valid JSON by itself, and no count is below zero.
enum AnswerEntry: FuzzEntry {
    static let name = "answer"

    static func run(_ bytes: [UInt8]) -> Bool {
        guard let answer = OpenAIAnswer.decode(Bytes(bytes)) else { return false }
        for part in [answer.text, answer.response, answer.message].compactMap({ $0 }) {
            expect((try? JSON.parse(part)) != nil, "a part is no JSON", bytes)
        }
        if let usage = answer.usage {
            expect([usage.input, usage.output, usage.cached, usage.reasoning].allSatisfy { $0 >= 0 }, "a count", bytes)
            expect(usage.total >= 0, "a sum below zero", bytes)
        }
        return true
    }

    static let corpus = [
        #"{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi \u00e9","refusal":null},"#
            + #""finish_reason":"stop"}],"usage":{"prompt_tokens":19,"completion_tokens":10,"#
            + #""prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}}"#,
        #"{"choices":[{"message":{"content":null,"tool_calls":[]}},{"message":{"content":[{"text":"a"},{"text":"b"}]}}]}"#,
        #"{"choices":[{"text":"a","finish_reason":"length"},{"text":"b"}],"usage":{"prompt_tokens":"12"}}"#,
        #"{"object":"list","data":[{"embedding":[0.1,-2e-3]},{"embedding":"AAAA"}],"model":"e","usage":null}"#,
        #"{"choices":[{"message":{"content":""},"error":{"code":502}}]}"#, "\n\n {\"choices\":[{\"text\":\"a\"}]}",
    ].map { Array($0.utf8) }

    static let tokens =
        [
            "\"", "\\", "{", "}", "[", "]", ":", ",", "null", "\"\"", "1e400", "-1", "9223372036854775807", "1.5",
            "\"choices\":", "\"message\":", "\"content\":", "\"text\":", "\"usage\":", "\"data\":", "\"embedding\":",
            "\"prompt_tokens\":", "\"error\":", "\\ud83d", "[{}]", "{}",
        ].map { Array($0.utf8) } + [[0xFF], [0x00]]
}
