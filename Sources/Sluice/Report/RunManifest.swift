internal import SluiceCore
internal import SluiceStorage

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// `run.json` in the state folder: what is run, and how it stood when it was last written.
struct RunManifest: Sendable {
    let title: String?
    let input: String
    /// What tells the input from others; nil if it was not read before the run.
    let fingerprint: InputFingerprint?
    let output: String
    let asked: AskedWith
    /// What the answers that there were before were asked with.
    let former: [AskedWith]
    /// The models that every row is asked of, if it is several.
    let models: [String]
    let slots: Int
    let totalRequestsPerMinute: Double?
    /// The accounts that are used.
    var accounts: [Account]
    let started: WallTime
    /// What earlier runs have spent, for the time before there is progress.
    let spent: SpentMoney

    /// The manifest as a JSON object with a line end.
    /// - Parameter lease: How far the budget may go.
    func text(_ progress: Progress?, lease: Money? = nil, ended summary: RunSummary?, now: WallTime) -> [UInt8] {
        var spent = summary?.spent ?? progress?.spent ?? spent
        spent.leased = lease
        var json = JSONBuilder(capacity: 1024)
        json.beginObject()
        json.member("schema", 1)
        json.member("version", Version.current)
        json.member("title", title)
        json.member("input", input)
        json.member("input_bytes", fingerprint?.bytes)
        json.member("input_sha256", fingerprint?.sha256)
        json.member("output", output)
        json.member("model", asked.model)
        json.member("parameters", raw: asked.parameters)
        json.member("endpoint", asked.endpoint)
        json.key("answered_with")
        json.beginArray()
        for asked in answeredWith(summary) { json.raw(asked.json) }
        json.endArray()
        json.member("concurrency", slots)
        json.member("found_concurrency", summary?.foundConcurrency ?? progress?.foundConcurrency)
        json.member("total_rpm", totalRequestsPerMinute)
        json.member("accounts", raw: accounts.manifestJSON)
        json.member("pid", Int(getpid()))
        json.member("started", started.text)
        json.member("updated", now.text)
        json.member("ended", summary != nil)
        json.key("exit")
        if let summary { json.value(Int(summary.exitCode)) } else { json.null() }
        json.member("stopped", summary?.cause?.name)
        let counts = summary?.counts ?? progress?.counts ?? RunCounts()
        json.member("rows", raw: counts.rowsJSON)
        if let models = (summary?.models ?? progress?.models ?? models.map { ModelCounts($0) }).json {
            json.member("models", raw: models)
        }
        json.member("requests", raw: counts.requestsJSON)
        json.member("cost", raw: counts.costJSON(spent))
        json.member("seconds", (summary?.elapsed ?? progress?.elapsed ?? .zero).seconds)
        json.member("rate", summary?.meanRate ?? progress?.rate ?? 0)
        json.member("waiting", progress?.waiting)
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// What the answers in the output were asked with.
    ///
    /// A run may be killed at any moment, so it counts until it has ended without an answer.
    private func answeredWith(_ summary: RunSummary?) -> [AskedWith] {
        let counts = summary?.counts
        let hasAnswered = counts.map { $0.answered + $0.cached + $0.deduplicated > 0 } ?? true
        return hasAnswered && !former.contains(asked) ? former + [asked] : former
    }
}
