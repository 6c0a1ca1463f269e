internal import SluiceCore

extension RunOptions {
    /// The limits of the run and of each account, as `run.json` has them.
    var limitsJSON: Bytes {
        var json = JSONBuilder()
        json.beginObject()
        if let totalRequestsPerMinute { json.member("total_rpm", totalRequestsPerMinute) }
        json.key("accounts")
        json.beginArray()
        for account in accounts {
            json.beginObject()
            json.member("name", account.name)
            json.member("keys", account.keys.count)
            account.limits.append(to: &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return Bytes(json.bytes)
    }
}

extension Limits {
    /// The limits that are known, by the names that the configuration gives them; the interval in seconds.
    fileprivate func append(to json: inout JSONBuilder) {
        let numbers: [(String, Double?)] = [
            ("rps", requestsPerSecond), ("interval", minimumInterval?.seconds), ("rpm", requestsPerMinute),
            ("rpd", requestsPerDay), ("tpm", tokensPerMinute), ("itpm", inputTokensPerMinute),
            ("otpm", outputTokensPerMinute), ("tpd", tokensPerDay), ("concurrency", concurrency.map(Double.init)),
        ]
        for (name, number) in numbers {
            guard let number else { continue }
            if let whole = Int(exactly: number) { json.member(name, whole) } else { json.member(name, number) }
        }
    }
}
