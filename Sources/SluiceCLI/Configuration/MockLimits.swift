package import SluiceCore
package import SluiceSimulator

/// Reads the limits, accounts and models of a simulated provider from flags.
package enum MockLimits {
    private static let dimensions: [(name: String, dimension: RateDimension)] = [
        ("rpm", .requestsPerMinute), ("tpm", .tokensPerMinute), ("rps", .requestsPerSecond), ("rpd", .requestsPerDay),
        ("tpd", .tokensPerDay), ("itpm", .inputTokensPerMinute), ("otpm", .outputTokensPerMinute),
        ("concurrency", .concurrency),
    ]
    private static let hint = "limits are " + dimensions.map(\.name).joined(separator: ", ")

    /// `NAME=KEY,KEY`, and behind a semicolon limits.
    package static func account(
        _ text: String, like usual: SimulatorOptions.AccountLimits
    ) throws(SluiceError) -> SimulatorOptions.SharedAccount {
        let parts = text.split(separator: ";", maxSplits: 1)
        let named = (parts.first ?? "").split(separator: "=", maxSplits: 1)
        let keys = named.count == 2 ? named[1].split(separator: ",").map(String.init) : []
        guard !keys.isEmpty else {
            // The text is not repeated: there may be a key in it.
            throw SluiceError(.usage, "an --account is not NAME=KEY,KEY", hint: "such as team=sk-one,sk-two")
        }
        let limits = parts.count == 2 ? try limits(parts[1], like: usual) : nil
        return SimulatorOptions.SharedAccount(String(named[0]), keys: keys, limits: limits)
    }

    /// `NAME`, and behind a comma limits.
    package static func model(
        _ text: String, like usual: SimulatorOptions.AccountLimits
    ) throws(SluiceError) -> (name: String, limits: SimulatorOptions.AccountLimits?) {
        let parts = text.split(separator: ",", maxSplits: 1)
        guard let name = parts.first, !name.isEmpty else { throw SluiceError(.usage, "a --model has no name") }
        return (String(name), parts.count == 2 ? try limits(parts[1], like: usual) : nil)
    }

    /// `bucket`, `bucket:60s`, `fixed`, `sliding`, `quanta` or `quanta:10s`, for all limits or behind `rpm=` for one.
    package static func setWindow(_ text: String, of limits: inout SimulatorOptions.AccountLimits) throws(SluiceError) {
        let parts = text.split(separator: "=", maxSplits: 1)
        let words = (parts.last ?? "").split(separator: ":", maxSplits: 1)
        let length = words.count == 2 ? Quantity.span(String(words[1])) : .seconds(1)
        let model: WindowModel
        switch (words.first, length) {
        case ("bucket", let length?): model = .bucket(depth: length)
        case ("quanta", let length?) where length > .zero: model = .quanta(length)
        case ("fixed", _) where words.count == 1: model = .fixed
        case ("sliding", _) where words.count == 1: model = .sliding
        default:
            throw SluiceError(
                .usage, "'\(text)' is no window",
                hint: "windows are bucket, bucket:60s, fixed, sliding, quanta, quanta:10s")
        }
        guard parts.count == 2 else {
            limits.window = model
            limits.windows = [:]
            return
        }
        let dimension = try dimension(parts[0])
        limits.windows[dimension] = model
    }

    /// `rpm=20,tpm=10k`: these limits and no others, enforced as usual.
    private static func limits(
        _ text: Substring, like usual: SimulatorOptions.AccountLimits
    ) throws(SluiceError) -> SimulatorOptions.AccountLimits {
        var limits = SimulatorOptions.AccountLimits(window: usual.window, dayWindow: usual.dayWindow)
        limits.windows = usual.windows
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            let dimension = try dimension(parts.first ?? "")
            guard parts.count == 2, let value = Quantity.count(String(parts[1])), value >= 1 else {
                throw SluiceError(.usage, "'\(pair)' is not a limit, like rpm=500 or tpm=200k", hint: hint)
            }
            limits[dimension] = value
        }
        return limits
    }

    private static func dimension(_ name: Substring) throws(SluiceError) -> RateDimension {
        guard let found = dimensions.first(where: { $0.name == name }) else {
            throw SluiceError(.usage, "there is no limit '\(name)'", hint: hint)
        }
        return found.dimension
    }
}
