import SluiceCore

/// Measures the scanner on one request row and one answer: nanoseconds per document and megabytes per second.
///
/// The row and the answer are those of the end-to-end measurements.
@main
struct MeasureScanner {
    /// A row of a translation job, 500 bytes.
    static let row =
        #"{"model": "gpt-4o-mini", "messages": [{"role": "system", "content": "You are a careful translator."}, "#
        + #"{"role": "user", "content": "item-0000042: Translate the sentence below into French. Keep names, "#
        + #"numbers and punctuation as they are; answer with the translation only. Sentence: The committee met on "#
        + #"Tuesday at 14:30 in Geneva to review 42 proposals, and agreed that the second draft should be sent out "#
        + #"before the end of the month."}], "temperature": 0, "max_tokens": 64, "metadata": {"row_id": 42}}"#

    /// An answer of OpenAI's chat completions, 726 bytes.
    static let answer =
        #"{"id":"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ60000042","object":"chat.completion","created":1741570283,"#
        + #""model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":"#
        + #""Answer to item-0000042: La phrase demand\u00e9e se traduit ainsi, sans ajout ni retrait de sens, et "#
        + #"avec la ponctuation d'origine.","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}"#
        + #"],"usage":{"prompt_tokens":91,"completion_tokens":46,"total_tokens":137,"prompt_tokens_details":"#
        + #"{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"#
        + #""accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default","#
        + #""system_fingerprint":"fp_06737a9306"}"# + "\n"

    static func main() {
        let row = Bytes(row)
        let answer = Bytes(answer)
        let chinese = Bytes(#"{"text":""# + String(repeating: "这是一个测试句子，用来测量速度。", count: 10) + #""}"#)
        let escaped = Bytes(
            #"{"text":""# + String(repeating: #"\u8fd9\u662f\n\"a\" "#, count: 20) + #""}"#)
        measure("parse row", row) { (try? JSON.parse(row))?.raw.count ?? 0 }
        measure("parse answer", answer) { (try? JSON.parse(answer))?.raw.count ?? 0 }
        measure("parse chinese", chinese) { (try? JSON.parse(chinese))?.raw.count ?? 0 }
        guard let rowJSON = try? JSON.parse(row), let answerJSON = try? JSON.parse(answer),
            let text = try? JSON.parse(escaped)["text"]
        else { return }
        measure("row: members", row) { rowJSON.members.count }
        measure("row: model", row) { rowJSON["model"]?.raw.count ?? 0 }
        measure("row: last content", row) { rowJSON["messages"]?.elements.last?["content"]?.string?.utf8.count ?? 0 }
        measure("answer: content", answer) {
            answerJSON["choices"]?.first?["message"]?["content"]?.string?.utf8.count ?? 0
        }
        measure("answer: usage", answer) {
            let usage = answerJSON["usage"]
            return (usage?["prompt_tokens"]?.int ?? 0) + (usage?["completion_tokens"]?.int ?? 0)
                + (usage?["prompt_tokens_details"]?["cached_tokens"]?.int ?? 0)
        }
        measure("unescape", escaped) { text.string?.utf8.count ?? 0 }
        measure("build answer line", row) {
            var builder = JSONBuilder(capacity: 512)
            builder.beginObject()
            builder.key("id")
            builder.value("fr-001")
            builder.key("output")
            builder.value("Answer: La phrase demandée se traduit ainsi, sans ajout ni retrait de sens.\n\"ok\"")
            builder.key("usage")
            builder.beginObject()
            builder.key("input")
            builder.value(91)
            builder.endObject()
            builder.endObject()
            return builder.bytes.count
        }
    }

    /// Prints the best of seven rounds: the machine is shared, and noise only ever adds time.
    @inline(never)
    static func measure(_ name: String, _ document: Bytes, _ body: () -> Int) {
        let rounds = 200_000
        var best = Double.infinity
        var sum = 0
        let clock = ContinuousClock()
        for _ in 0..<7 {
            let elapsed = clock.measure {
                for _ in 0..<rounds { sum &+= body() }
            }
            let (seconds, attoseconds) = elapsed.components
            best = min(best, (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(rounds))
        }
        let rate = Double(document.count) / best * 1000
        print("\(name): \(document.count) bytes, \(Int(best.rounded())) ns, \(Int(rate.rounded())) MB/s (\(sum & 1))")
    }
}
