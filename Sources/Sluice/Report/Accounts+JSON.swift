internal import SluiceCore

extension [Account] {
    /// The accounts with their limits, by the names of the configuration; of keys only how many there are.
    var manifestJSON: Bytes {
        var json = JSONBuilder(capacity: 512)
        json.beginArray()
        for account in self {
            json.beginObject()
            json.member("name", account.name)
            json.member("base_url", account.base.description)
            json.member("keys", account.keys.count)
            json.key("limits")
            account.limits.add(to: &json)
            json.key("models")
            json.beginObject()
            for (model, limits) in account.modelLimits.sorted(by: { $0.key < $1.key }) {
                json.key(model)
                limits.add(to: &json)
            }
            json.endObject()
            json.endObject()
        }
        json.endArray()
        return Bytes(json.bytes)
    }
}

extension Limits {
    fileprivate func add(to json: inout JSONBuilder) {
        json.beginObject()
        let numbers: [(String, Double?)] = [
            ("rps", requestsPerSecond), ("interval", minimumInterval?.seconds), ("rpm", requestsPerMinute),
            ("rpd", requestsPerDay), ("tpm", tokensPerMinute), ("itpm", inputTokensPerMinute),
            ("otpm", outputTokensPerMinute), ("tpd", tokensPerDay), ("spend", spendPerDay?.dollars),
            ("concurrency", findsConcurrency ? nil : concurrency.map(Double.init)), ("quantum", quantum?.seconds),
        ]
        for (name, number) in numbers {
            guard let number else { continue }
            if let whole = Int(exactly: number) { json.member(name, whole) } else { json.member(name, number) }
        }
        if findsConcurrency { json.member("concurrency", "auto") }
        for (name, word) in [("window", window.rawValue), ("charge", charge.rawValue), ("day", day.rawValue)] {
            json.member(name, word)
        }
        json.endObject()
    }
}
