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
    static func total(_ count: TokenCount, context: Int?) -> String {
        var json = JSONBuilder(capacity: 1024)
        json.beginObject()
        json.key("rows")
        json.value(count.rows)
        json.key("tokens")
        json.value(count.tokens)
        json.key("bad")
        json.value(count.bad)
        json.key("cut")
        json.value(count.cut)
        json.key("counted_with")
        json.beginArray()
        for name in count.countedWith { json.value(name) }
        json.endArray()
        json.key("methods")
        json.beginObject()
        for method in TokenEstimate.Method.allCases {
            guard let rows = count.methods[method] else { continue }
            json.key(method.rawValue)
            json.value(rows)
        }
        json.endObject()
        for (name, share) in [("median", 0.5), ("p90", 0.9), ("p99", 0.99)] {
            json.key(name)
            if let size = count.quantile(share) { json.value(size) } else { json.null() }
        }
        json.key("largest")
        if let largest = count.largest { append(largest, to: &json) } else { json.null() }
        appendHistogram(count, to: &json)
        if let context { appendOver(count, context, to: &json) }
        appendGroups(count, to: &json)
        appendFirstBad(count, to: &json)
        json.endObject()
        return Bytes(json.bytes).text
    }

    private static func append(_ row: CountedRow, to json: inout JSONBuilder) {
        json.beginObject()
        json.key("file")
        json.value(row.file)
        json.key("line")
        json.value(row.line)
        json.key("id")
        if let id = row.id { json.value(id) } else { json.null() }
        json.key("tokens")
        json.value(row.estimate.tokens)
        json.key("method")
        json.value(row.estimate.method.rawValue)
        json.endObject()
    }

    private static func appendHistogram(_ count: TokenCount, to json: inout JSONBuilder) {
        json.key("histogram")
        json.beginArray()
        for bar in count.histogram {
            json.beginObject()
            json.key("from")
            json.value(bar.from)
            json.key("to")
            json.value(bar.upTo)
            json.key("rows")
            json.value(bar.rows)
            json.endObject()
        }
        json.endArray()
    }

    private static func appendOver(_ count: TokenCount, _ context: Int, to json: inout JSONBuilder) {
        json.key("over")
        json.beginObject()
        json.key("context")
        json.value(context)
        json.key("rows")
        json.value(count.over)
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
            json.key("value")
            json.value(group.value)
            json.key("rows")
            json.value(group.rows)
            json.key("tokens")
            json.value(group.tokens)
            json.endObject()
        }
        json.endArray()
    }

    private static func appendFirstBad(_ count: TokenCount, to json: inout JSONBuilder) {
        guard let bad = count.firstBad else { return }
        json.key("first_bad")
        json.beginObject()
        json.key("file")
        json.value(bad.file)
        json.key("line")
        json.value(bad.line)
        json.key("message")
        json.value(bad.message)
        json.endObject()
    }
}
