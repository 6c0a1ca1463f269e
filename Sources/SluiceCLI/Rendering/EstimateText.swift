internal import Sluice
internal import SluiceCore

/// What a run would take, as text or JSON.
enum EstimateText {
    /// - Parameter limit: The budget of the run, if there is one.
    static func lines(_ estimate: Estimate, limit: Money?) -> [String] {
        let n = NumberText.grouped
        var rows = "rows: \(n(estimate.done)) done, \(n(estimate.toDo)) to do"
        if estimate.left > 0 { rows += ", \(n(estimate.left)) left by -n" }
        if estimate.bad > 0 { rows += ", \(n(estimate.bad)) cannot be asked" }
        var lines = [rows]
        if let bad = estimate.firstBad { lines.append("the first that cannot be asked: \(bad)") }
        if estimate.tooLong > 0 {
            lines.append(
                "\(n(estimate.tooLong)) rows are longer than the model reads: "
                    + named(estimate.tooLongRows, estimate.tooLong))
        }
        if estimate.overLimit > 0 {
            lines.append(
                "\(n(estimate.overLimit)) rows need more tokens than any account allows: "
                    + named(estimate.overLimitRows, estimate.overLimit))
        }
        if estimate.truncated > 0 { lines.append("\(n(estimate.truncated)) prompts would be cut to fit the context") }
        let output = estimate.outputTokens
        lines.append(
            "tokens: \(n(estimate.inputTokens)) in (\(estimate.method == "exact" ? "exact" : "estimated: \(estimate.method)")), \(n(output.expected)) out"
                + " (\(n(output.low)) to \(n(output.high)), \(basis(estimate)))")
        lines.append(contentsOf: money(estimate))
        if !estimate.models.isEmpty {
            let models = estimate.models.map { model in
                "\(model.model) \(n(model.rows)) rows, \(n(model.inputTokens)) in, \(n(model.outputTokens)) out"
                    + (model.cost.map { ", about \($0.text)" } ?? "")
            }
            lines.append("models: " + models.joined(separator: "; "))
        }
        if let time = estimate.time, let bound = estimate.bound {
            lines.append("time: at least \(time.text), bound by \(bound)")
        } else if estimate.toDo > 0 {
            lines.append("time: unknown, as no limit is; give --rpm or --tpm")
        }
        if let limit, let cost = estimate.cost, estimate.spent + cost.expected > limit {
            lines.append("--max-cost \(limit.text) would end the run before its last row")
        }
        return lines
    }

    private static func basis(_ estimate: Estimate) -> String {
        estimate.answersKnown > 0
            ? "by \(NumberText.grouped(estimate.answersKnown)) answers so far"
            : "a guess: from no answer to the longest; run a few rows with -n 30 for a better one"
    }

    /// The first rows of a kind by their lines.
    private static func named(_ rows: [Estimate.TooLongRow], _ count: Int) -> String {
        let texts = rows.map { "line \($0.line) (\(NumberText.grouped($0.tokens)) of \(NumberText.grouped($0.room)))" }
        return texts.joined(separator: ", ") + (count > rows.count ? ", …" : "")
    }

    private static func money(_ estimate: Estimate) -> [String] {
        var lines: [String] = []
        if let cost = estimate.cost {
            lines.append(
                "cost: about \(cost.expected.text) (\(cost.low.text) to \(cost.high.text));"
                    + " prices: \(PricesText.line(estimate.prices, age: estimate.pricesAge))")
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
            ("too_long", estimate.tooLong), ("over_limit", estimate.overLimit), ("truncated", estimate.truncated),
        ]
        for (name, count) in counts {
            json.member(name, count)
        }
        append(estimate.tooLongRows, "too_long_rows", roomName: "context", &json)
        append(estimate.overLimitRows, "over_limit_rows", roomName: "limit", &json)
        json.member("input_tokens", estimate.inputTokens)
        json.key("output_tokens")
        span(estimate.outputTokens, &json) { $1.value($0) }
        json.member("answers_known", estimate.answersKnown)
        json.member("method", estimate.method)
        json.key("cost")
        if let cost = estimate.cost { span(cost, &json) { $1.value($0) } } else { json.null() }
        let amounts = [
            ("batch_cost", estimate.batchCost), ("cached_cost", estimate.cachedCost), ("spent", estimate.spent),
        ]
        for (name, amount) in amounts {
            json.member(name, amount)
        }
        if !estimate.models.isEmpty {
            json.key("models")
            append(estimate.models, &json)
        }
        json.member("prefix_tokens", estimate.prefixTokens)
        json.key("unpriced_models")
        json.beginArray()
        for name in estimate.unpriced { json.value(name) }
        json.endArray()
        json.member("prices", estimate.prices)
        json.member("prices_days", estimate.pricesAge)
        json.key("seconds")
        if let time = estimate.time { json.value(time.seconds) } else { json.null() }
        json.member("bound", estimate.bound)
        json.endObject()
        return Bytes(json.bytes)
    }

    private static func append(
        _ rows: [Estimate.TooLongRow], _ name: String, roomName: String, _ json: inout JSONBuilder
    ) {
        json.key(name)
        json.beginArray()
        for row in rows {
            json.beginObject()
            json.member("line", row.line)
            json.member("tokens", row.tokens)
            json.member(roomName, row.room)
            json.endObject()
        }
        json.endArray()
    }

    private static func append(_ models: [Estimate.ModelEstimate], _ json: inout JSONBuilder) {
        json.beginArray()
        for model in models {
            json.beginObject()
            json.member("model", model.model)
            json.member("rows", model.rows)
            json.member("input_tokens", model.inputTokens)
            json.member("output_tokens", model.outputTokens)
            json.member("cost", model.cost)
            json.endObject()
        }
        json.endArray()
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
