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
            ("sent", attempts), ("refused", refused), ("possibly_paid_twice", possiblyPaidTwice),
            ("hedged", hedged), ("hedges_won", hedgesWon), ("cut", cut),
            ("filtered", filtered), ("truncated", truncated), ("fallback", fallback),
            ("input_tokens", usage.input), ("output_tokens", usage.output), ("cached_tokens", usage.cached),
            ("reasoning_tokens", usage.reasoning),
        ])
    }

    /// What the answers of this run cost, as a JSON object of dollars; ``SpentMoney`` has what the runs before took.
    public func costJSON(_ spent: SpentMoney) -> Bytes {
        var json = JSONBuilder(capacity: 160)
        json.beginObject()
        json.member("answers", cost)
        json.member("unpriced", unpriced)
        json.member("uncertain", uncertainCost)
        json.member("uncertain_before", spent.uncertainBefore)
        json.member("in_flight", spent.inFlight)
        json.member("leased", spent.leased)
        json.member("max", spent.limit)
        json.member("spent", spent.total(with: self))
        json.endObject()
        return Bytes(json.bytes)
    }

    private func object(_ members: [(String, Int)]) -> Bytes {
        var json = JSONBuilder(capacity: 256)
        json.beginObject()
        for (name, value) in members {
            json.member(name, value)
        }
        json.endObject()
        return Bytes(json.bytes)
    }
}
