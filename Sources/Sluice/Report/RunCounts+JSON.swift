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

    /// What the answers of this run cost, as a JSON object of dollars; ``SpentMoney`` has what the runs before took.
    public func costJSON(_ spent: SpentMoney) -> Bytes {
        var json = JSONBuilder(capacity: 160)
        json.beginObject()
        json.key("answers")
        json.value(cost)
        json.key("unpriced")
        json.value(unpriced)
        json.key("uncertain")
        json.value(uncertainCost)
        json.key("uncertain_before")
        json.value(spent.uncertainBefore)
        json.key("in_flight")
        json.value(spent.inFlight)
        json.key("max")
        if let limit = spent.limit { json.value(limit) } else { json.null() }
        json.key("spent")
        if let total = spent.total(with: self) { json.value(total) } else { json.null() }
        json.endObject()
        return Bytes(json.bytes)
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
