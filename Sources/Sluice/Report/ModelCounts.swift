public import SluiceCore

/// What became of the rows that one of several models was asked about (``Asking/models``), in one run.
public struct ModelCounts: Sendable, Equatable {
    /// The model, as the run names it.
    public let model: String
    /// Rows answered in this run.
    public var answered = 0
    /// Rows answered from the cache.
    public var cached = 0
    /// Rows that shared another row's answer.
    public var deduplicated = 0
    /// Rows that failed for good.
    public var failed = 0
    /// Tokens of the answers.
    public var usage = Usage()
    /// What the answers cost whose price is known.
    public var cost = Money.zero
    /// Answers whose price is not known.
    public var unpriced = 0

    init(_ model: String) {
        self.model = model
    }
}

extension [ModelCounts] {
    /// The models with their counts, as a JSON list; nil where there are none.
    public var json: Bytes? {
        guard !isEmpty else { return nil }
        var json = JSONBuilder(capacity: 192 * count)
        json.beginArray()
        for counts in self {
            json.beginObject()
            json.member("model", counts.model)
            json.member("answered", counts.answered)
            json.member("cached", counts.cached)
            json.member("deduplicated", counts.deduplicated)
            json.member("failed", counts.failed)
            json.member("input_tokens", counts.usage.input)
            json.member("output_tokens", counts.usage.output)
            json.member("cost", counts.cost)
            json.member("unpriced", counts.unpriced)
            json.endObject()
        }
        json.endArray()
        return Bytes(json.bytes)
    }
}
