internal import Sluice
internal import SluiceCore

/// The end of a run for programs; the schema is in docs/file-formats.md.
enum SummaryJSON {
    static func text(_ summary: RunSummary) -> String {
        var json = JSONBuilder(capacity: 512)
        json.beginObject()
        json.key("exit")
        json.value(Int(summary.exitCode))
        json.key("stopped")
        if let name = summary.cause?.name { json.value(name) } else { json.null() }
        json.key("rows")
        json.raw(summary.counts.rowsJSON)
        json.key("requests")
        json.raw(summary.counts.requestsJSON)
        json.key("cost")
        json.raw(summary.counts.costJSON(summary.spent))
        json.key("seconds")
        json.value(summary.elapsed.seconds)
        json.key("reservation")
        if let reservation = summary.reservation {
            json.beginObject()
            json.key("reserved_tokens")
            json.value(reservation.reserved)
            json.key("longest_answer")
            json.value(reservation.longest)
            json.key("speedup")
            json.value(reservation.speedup)
            json.endObject()
        } else {
            json.null()
        }
        json.key("failures")
        json.beginArray()
        for group in summary.failures {
            json.beginObject()
            json.key("cause")
            json.value(group.cause)
            json.key("count")
            json.value(group.count)
            json.key("example")
            json.value(group.example)
            json.endObject()
        }
        json.endArray()
        json.key("output")
        if let path = summary.outputPath { json.value(path) } else { json.null() }
        json.key("errors")
        if let path = summary.errorsPath { json.value(path) } else { json.null() }
        json.endObject()
        return Bytes(json.bytes).text
    }
}
