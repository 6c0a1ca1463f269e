internal import Sluice
internal import SluiceCore

/// What a run would take, as text or JSON.
enum EstimateText {
    static func lines(_ estimate: Estimate) -> [String] {
        let n = NumberText.grouped
        var rows = "rows: \(n(estimate.done)) done, \(n(estimate.toDo)) to do"
        if estimate.left > 0 { rows += ", \(n(estimate.left)) left by -n" }
        if estimate.bad > 0 { rows += ", \(n(estimate.bad)) cannot be asked" }
        var lines = [rows]
        if let bad = estimate.firstBad { lines.append("the first that cannot be asked: \(bad)") }
        if estimate.tooLong > 0 { lines.append(tooLong(estimate)) }
        let output = estimate.outputTokens
        lines.append(
            "tokens: \(n(estimate.inputTokens)) in (\(estimate.method == "exact" ? "exact" : "estimated: \(estimate.method)")), \(n(output.expected)) out"
                + " (\(n(output.low)) to \(n(output.high)), \(basis(estimate)))")
        lines.append(contentsOf: money(estimate))
        if let time = estimate.time, let bound = estimate.bound {
            lines.append("time: at least \(time.text), bound by \(bound)")
        } else if estimate.toDo > 0 {
            lines.append("time: unknown, as no limit is; give --rpm or --tpm")
        }
        return lines
    }

    private static func basis(_ estimate: Estimate) -> String {
        estimate.answersKnown > 0
            ? "by \(NumberText.grouped(estimate.answersKnown)) answers so far"
            : "a guess: from no answer to the longest; run a few rows with -n 30 for a better one"
    }

    private static func tooLong(_ estimate: Estimate) -> String {
        let rows = estimate.tooLongRows.map { row in
            "line \(row.line) (\(NumberText.grouped(row.tokens)) of \(NumberText.grouped(row.context)))"
        }
        let more = estimate.tooLong > rows.count ? ", …" : ""
        return "\(NumberText.grouped(estimate.tooLong)) rows are longer than the model reads: "
            + rows.joined(separator: ", ") + more
    }

    private static func money(_ estimate: Estimate) -> [String] {
        var lines: [String] = []
        if let cost = estimate.cost {
            lines.append(
                "cost: about \(cost.expected.text) (\(cost.low.text) to \(cost.high.text));"
                    + " prices: \(estimate.prices)")
            var beside: [String] = []
            if let batch = estimate.batchCost { beside.append("\(batch.text) in batches") }
            if let cached = estimate.cachedCost {
                beside.append(
                    "\(cached.text) with the common \(NumberText.grouped(estimate.prefixTokens)) tokens cached")
            }
            if estimate.spent > .zero { beside.append("\(estimate.spent.text) spent on the rows done") }
            if !beside.isEmpty { lines.append("beside: " + beside.joined(separator: ", ")) }
        }
        if !estimate.unpriced.isEmpty {
            lines.append(
                "no price is known for \(estimate.unpriced.prefix(5).joined(separator: ", "));"
                    + " give it under prices: in sluice.yaml")
        }
        return lines
    }

    static func json(_ estimate: Estimate) -> Bytes {
        var json = JSONBuilder(capacity: 1024)
        json.beginObject()
        let counts = [
            ("done", estimate.done), ("to_do", estimate.toDo), ("left", estimate.left), ("bad", estimate.bad),
            ("too_long", estimate.tooLong),
        ]
        for (name, count) in counts {
            json.key(name)
            json.value(count)
        }
        json.key("too_long_rows")
        json.beginArray()
        for row in estimate.tooLongRows {
            json.beginObject()
            for (name, value) in [("line", row.line), ("tokens", row.tokens), ("context", row.context)] {
                json.key(name)
                json.value(value)
            }
            json.endObject()
        }
        json.endArray()
        json.key("input_tokens")
        json.value(estimate.inputTokens)
        json.key("output_tokens")
        span(estimate.outputTokens, &json) { $1.value($0) }
        json.key("answers_known")
        json.value(estimate.answersKnown)
        json.key("method")
        json.value(estimate.method)
        json.key("cost")
        if let cost = estimate.cost { span(cost, &json) { $1.value($0) } } else { json.null() }
        let amounts = [
            ("batch_cost", estimate.batchCost), ("cached_cost", estimate.cachedCost), ("spent", estimate.spent),
        ]
        for (name, amount) in amounts {
            json.key(name)
            if let amount { json.value(amount) } else { json.null() }
        }
        json.key("prefix_tokens")
        json.value(estimate.prefixTokens)
        json.key("unpriced_models")
        json.beginArray()
        for name in estimate.unpriced { json.value(name) }
        json.endArray()
        json.key("prices")
        json.value(estimate.prices)
        json.key("seconds")
        if let time = estimate.time { json.value(time.seconds) } else { json.null() }
        json.key("bound")
        if let bound = estimate.bound { json.value(bound) } else { json.null() }
        json.endObject()
        return Bytes(json.bytes)
    }

    private static func span<Value>(
        _ span: Estimate.Span<Value>, _ json: inout JSONBuilder, _ write: (Value, inout JSONBuilder) -> Void
    ) {
        json.beginObject()
        for (name, value) in [("low", span.low), ("expected", span.expected), ("high", span.high)] {
            json.key(name)
            write(value, &json)
        }
        json.endObject()
    }
}
