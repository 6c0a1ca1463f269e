internal import SluiceCore
internal import SluiceProviders

extension ConfigurationFile {
    /// `prices:`, models by name with dollars for a million tokens; what is not said stays as the catalogue has it.
    func models(over catalogue: Catalogue) throws(SluiceError) -> [Model] {
        guard let prices = section("prices") else { return [] }
        var models: [Model] = []
        for (name, value) in try prices.entries() { models.append(try model(name.text, value, catalogue)) }
        return models
    }

    private func model(_ name: String, _ node: ConfigurationNode, _ catalogue: Catalogue) throws(SluiceError) -> Model {
        var model = catalogue.model(name) ?? Model(name, provider: "own")
        model.name = name
        var input: Money?
        var output: Money?
        var cached: Money?
        var cacheWrite: Money?
        var batch: Double?
        let known = ["input", "output", "cached", "cache_write", "batch", "context", "max_output"]
        for (key, value) in try node.members(known: known) {
            switch key {
            case "input": input = try price(value, key)
            case "output": output = try price(value, key)
            case "cached": cached = try price(value, key)
            case "cache_write": cacheWrite = try price(value, key)
            case "batch":
                guard let factor = Double(try value.text(key)), (0...1).contains(factor) else {
                    throw value.error("'batch' is not a part of the price between 0 and 1")
                }
                batch = factor
            case "context": model.context = Int(try value.count(key))
            default: model.maxOutput = Int(try value.count(key))
            }
        }
        // One price changes all that depends on it, so what the catalogue says of tiers and services goes.
        let old = model.price?.tiers[.standard]?.first?.rates
        if input != nil || output != nil || cached != nil || cacheWrite != nil {
            guard let input = input ?? old?.input, let output = output ?? old?.output else {
                throw node.error("'\(name)' needs both an input and an output price")
            }
            let rates = Rates(
                input: input, output: output, cached: cached ?? old?.cached, cacheWrite: cacheWrite ?? old?.cacheWrite)
            model.price = Price(rates)
        }
        if let batch, let rates = model.price?.tiers[.standard]?.first?.rates {
            let part = { (money: Money) in Money(picodollars: Int64(Double(money.picodollars) * batch)) }
            let batched = Rates(input: part(rates.input), output: part(rates.output), cached: rates.cached.map(part))
            var tiers = model.price?.tiers ?? [:]
            tiers[.batch] = [Price.Tier(above: 0, rates: batched)]
            model.price = Price(tiers: tiers, offPeak: model.price?.offPeak)
        }
        return model
    }

    /// The price of one token, from that of a million.
    private func price(_ node: ConfigurationNode, _ name: String) throws(SluiceError) -> Money {
        guard let million = Quantity.money(try node.text(name)) else {
            throw node.error("'\(name)' is not an amount of dollars for a million tokens", hint: "like 0.5 or $2")
        }
        return Money(picodollars: million.picodollars / 1_000_000)
    }
}
