internal import SluiceCore

extension ConfigurationNode {
    private static let names = [
        "rps", "interval", "rpm", "rpd", "tpm", "itpm", "otpm", "tpd", "spend", "concurrency", "window", "quantum",
        "charge", "day",
    ]

    /// Limits over those that are shared, and those of single models.
    /// - Throws: ``SluiceError`` that names file and line.
    func limits(over shared: Limits) throws(SluiceError) -> (all: Limits, models: [String: Limits]) {
        var limits = shared
        var models: ConfigurationNode?
        for (name, value) in try members(known: Self.names + ["models"]) {
            if name == "models" { models = value } else { try value.read(name, into: &limits) }
        }
        var ofModels: [String: Limits] = [:]
        for (model, value) in try models?.entries() ?? [] {
            var own = limits
            for (name, value) in try value.members(known: Self.names) { try value.read(name, into: &own) }
            ofModels[model.text] = own
        }
        return (limits, ofModels)
    }

    private func read(_ name: String, into limits: inout Limits) throws(SluiceError) {
        switch name {
        case "rps": limits.requestsPerSecond = try count(name, atLeast: 0.001)
        case "interval": limits.minimumInterval = try span(name)
        case "rpm": limits.requestsPerMinute = try count(name)
        case "rpd": limits.requestsPerDay = try count(name)
        case "tpm": limits.tokensPerMinute = try count(name)
        case "itpm": limits.inputTokensPerMinute = try count(name)
        case "otpm": limits.outputTokensPerMinute = try count(name)
        case "tpd": limits.tokensPerDay = try count(name)
        case "spend": limits.spendPerDay = try spend(name)
        case "window": limits.window = try choice(name, LimitWindow.self)
        case "quantum":
            limits.quantum = try span(name)
            guard limits.quantum ?? .zero < .seconds(60) else {
                throw error("'quantum' is shorter than a minute", hint: "like 1s or 10s")
            }
        case "charge": limits.charge = try choice(name, TokenCharge.self)
        case "day": limits.day = try choice(name, LimitDay.self)
        default: try readConcurrency(into: &limits)
        }
    }

    /// An amount of dollars, `5` or `$5/day`.
    private func spend(_ name: String) throws(SluiceError) -> Money {
        var text = try text(name)
        if text.hasSuffix("/day") { text.removeLast(4) }
        guard let amount = Quantity.money(text), amount > .zero else {
            throw error("'\(name)' is not an amount of dollars for a day", hint: "like $5/day or 0.5")
        }
        return amount
    }

    /// `auto` or a number of requests in flight.
    func readConcurrency(into limits: inout Limits) throws(SluiceError) {
        limits.findsConcurrency = try text("concurrency") == "auto"
        limits.concurrency = limits.findsConcurrency ? nil : Int(try count("concurrency"))
    }
}
