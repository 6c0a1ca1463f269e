internal import Sluice
internal import SluiceCore

/// The end of a run for programs; the schema is in docs/file-formats.md.
enum SummaryJSON {
    static func text(_ summary: RunSummary) -> String {
        var json = JSONBuilder(capacity: 512)
        json.beginObject()
        json.member("exit", Int(summary.exitCode))
        json.member("stopped", summary.cause?.name)
        json.member("rows", raw: summary.counts.rowsJSON)
        if let models = summary.models.json { json.member("models", raw: models) }
        json.member("requests", raw: summary.counts.requestsJSON)
        json.member("cost", raw: summary.counts.costJSON(summary.spent))
        json.member("seconds", summary.elapsed.seconds)
        json.member("found_concurrency", summary.foundConcurrency)
        json.key("reservation")
        if let reservation = summary.reservation {
            json.beginObject()
            json.member("reserved_tokens", reservation.reserved)
            json.member("longest_answer", reservation.longest)
            json.member("speedup", reservation.speedup)
            json.endObject()
        } else {
            json.null()
        }
        json.key("failures")
        json.beginArray()
        for group in summary.failures {
            json.beginObject()
            json.member("cause", group.cause)
            json.member("count", group.count)
            json.member("example", group.example)
            json.endObject()
        }
        json.endArray()
        json.member("output", summary.outputPath)
        json.member("errors", summary.errorsPath)
        json.endObject()
        return Bytes(json.bytes).text
    }
}
