internal import SluiceCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// `run.json` in the state folder: what is run, and how it stood when it was last written.
struct RunManifest: Sendable {
    let title: String?
    let input: String
    let output: String
    let model: String?
    let started: WallTime
    /// What earlier runs have spent, for the time before there is progress.
    let spent: SpentMoney

    /// The manifest as a JSON object with a line end.
    func text(_ progress: Progress?, ended summary: RunSummary?, now: WallTime) -> [UInt8] {
        var json = JSONBuilder(capacity: 1024)
        json.beginObject()
        json.key("schema")
        json.value(1)
        json.key("version")
        json.value(Version.current)
        json.key("title")
        if let title { json.value(title) } else { json.null() }
        json.key("input")
        json.value(input)
        json.key("output")
        json.value(output)
        json.key("model")
        if let model { json.value(model) } else { json.null() }
        json.key("pid")
        json.value(Int(getpid()))
        json.key("started")
        json.value(started.text)
        json.key("updated")
        json.value(now.text)
        json.key("ended")
        json.value(summary != nil)
        json.key("exit")
        if let summary { json.value(Int(summary.exitCode)) } else { json.null() }
        json.key("stopped")
        if let name = summary?.cause?.name { json.value(name) } else { json.null() }
        let counts = summary?.counts ?? progress?.counts ?? RunCounts()
        json.key("rows")
        json.raw(counts.rowsJSON)
        json.key("requests")
        json.raw(counts.requestsJSON)
        json.key("cost")
        json.raw(counts.costJSON(summary?.spent ?? progress?.spent ?? spent))
        json.key("seconds")
        json.value((summary?.elapsed ?? progress?.elapsed ?? .zero).seconds)
        json.key("rate")
        json.value(summary?.meanRate ?? progress?.rate ?? 0)
        json.key("waiting")
        if let waiting = progress?.waiting { json.value(waiting) } else { json.null() }
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
