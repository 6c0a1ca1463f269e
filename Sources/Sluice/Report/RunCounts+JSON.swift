public import SluiceCore

extension RunCounts {
    /// The rows by where they went, as a JSON object.
    public var rowsJSON: Bytes {
        object([
            ("read", read), ("answered", answered), ("cached", cached), ("deduplicated", deduplicated),
            ("done_before", doneBefore), ("failed", failed), ("left", left),
        ])
    }

    /// What was sent and charged, as a JSON object.
    public var requestsJSON: Bytes {
        object([
            ("sent", attempts), ("refused", refused), ("possibly_paid_twice", possiblyPaidTwice), ("cut", cut),
            ("filtered", filtered), ("input_tokens", usage.input), ("output_tokens", usage.output),
            ("cached_tokens", usage.cached), ("reasoning_tokens", usage.reasoning),
        ])
    }

    private func object(_ members: [(String, Int)]) -> Bytes {
        var json = JSONBuilder(capacity: 256)
        json.beginObject()
        for (name, value) in members {
            json.key(name)
            json.value(value)
        }
        json.endObject()
        return Bytes(json.bytes)
    }
}
