internal import Sluice
internal import SluiceCore
internal import SluiceTokens

/// Counted tokens for programs; the schema is in docs/file-formats.md.
enum CountJSON {
    /// A row as one line.
    static func row(_ row: CountedRow) -> String {
        var json = JSONBuilder()
        append(row, to: &json)
        return Bytes(json.bytes).text
    }

    /// The sums as one line.
    static func total(_ count: TokenCount) -> String {
        var json = JSONBuilder(capacity: 1024)
        json.beginObject()
        json.member("rows", count.rows)
        json.member("tokens", count.tokens)
        json.member("bad", count.bad)
        json.member("cut", count.cut)
        json.key("counted_with")
        json.beginArray()
        for name in count.countedWith { json.value(name) }
        json.endArray()
        json.key("methods")
        json.beginObject()
        for method in TokenEstimate.Method.allCases {
            guard let rows = count.methods[method] else { continue }
            json.member(method.rawValue, rows)
        }
        json.endObject()
        for (name, share) in [("median", 0.5), ("p90", 0.9), ("p99", 0.99)] {
            json.member(name, count.quantile(share))
        }
        json.key("largest")
        if let largest = count.largest { append(largest, to: &json) } else { json.null() }
        appendHistogram(count, to: &json)
        if !count.contexts.isEmpty { appendOver(count, to: &json) }
        appendGroups(count, to: &json)
        appendFirstBad(count, to: &json)
        json.endObject()
        return Bytes(json.bytes).text
    }

    private static func append(_ row: CountedRow, to json: inout JSONBuilder) {
        json.beginObject()
        json.member("file", row.file)
        json.member("line", row.line)
        json.member("id", row.id)
        json.member("tokens", row.estimate.tokens)
        json.member("method", row.estimate.method.rawValue)
        json.endObject()
    }

    private static func appendHistogram(_ count: TokenCount, to json: inout JSONBuilder) {
        json.key("histogram")
        json.beginArray()
        for bar in count.histogram {
            json.beginObject()
            json.member("from", bar.from)
            json.member("to", bar.upTo)
            json.member("rows", bar.rows)
            json.endObject()
        }
        json.endArray()
    }

    private static func appendOver(_ count: TokenCount, to json: inout JSONBuilder) {
        json.key("over")
        json.beginObject()
        json.member("context", count.contexts.count == 1 ? count.contexts.first : nil)
        json.member("rows", count.over)
        json.key("first")
        json.beginArray()
        for row in count.overRows { append(row, to: &json) }
        json.endArray()
        json.endObject()
    }

    private static func appendGroups(_ count: TokenCount, to json: inout JSONBuilder) {
        guard !count.groups.isEmpty else { return }
        json.key("by")
        json.beginArray()
        for group in count.groups {
            json.beginObject()
            json.member("value", group.value)
            json.member("rows", group.rows)
            json.member("tokens", group.tokens)
            json.endObject()
        }
        json.endArray()
    }

    private static func appendFirstBad(_ count: TokenCount, to json: inout JSONBuilder) {
        guard let bad = count.firstBad else { return }
        json.key("first_bad")
        json.beginObject()
        json.member("file", bad.file)
        json.member("line", bad.line)
        json.member("message", bad.message)
        json.endObject()
    }
}
