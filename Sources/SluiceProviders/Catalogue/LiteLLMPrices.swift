public import SluiceCore

/// LiteLLM's `model_prices_and_context_window.json`: an object of models with prices in dollars for single tokens.
///
/// <https://github.com/BerriAI/litellm>, MIT. Models of text are taken; clouds with a protocol of their own are not.
public enum LiteLLMPrices {
    private static let modes: Set<String> = ["chat", "completion", "responses", "embedding"]
    private static let foreign = ["bedrock", "vertex_ai", "sagemaker", "databricks", "snowflake", "watsonx", "oci"]
    /// The ends of the names of members that hold the prices of a service.
    private static let services: [(Price.Service, String)] = [
        (.standard, ""), (.batch, "_batches"), (.flex, "_flex"), (.priority, "_priority"),
    ]
    /// The thresholds that occur in names of members, in thousands of tokens.
    private static let thresholds = [32, 100, 128, 200, 256, 272, 512]

    /// The models in the text.
    /// - Throws: ``SluiceError`` if it is no JSON object, or has no model.
    public static func models(_ text: Bytes, from path: String) throws(SluiceError) -> [Model] {
        let json: JSON
        do throws(JSONError) { json = try JSON.parse(text) } catch {
            throw SluiceError(.configuration, "not valid json: \(error)", file: path)
        }
        let models = json.members.compactMap { model($0.text, $0.value) }
        guard !models.isEmpty else {
            throw SluiceError(
                .configuration, "no models in the file",
                hint: "it is litellm's model_prices_and_context_window.json that is read", file: path)
        }
        return models
    }

    private static func model(_ name: String, _ json: JSON) -> Model? {
        guard name != "sample_spec", json.kind == .object, let mode = json["mode"]?.string, modes.contains(mode),
            !name.contains(where: { $0 == "\t" || $0.isNewline })
        else { return nil }
        let provider = json["litellm_provider"]?.string ?? ""
        guard !foreign.contains(where: { provider.hasPrefix($0) }) else { return nil }
        var model = Model(name, provider: provider, mode: mode)
        model.context = (json["max_input_tokens"] ?? json["max_tokens"]).flatMap(count)
        model.maxOutput = mode == "embedding" ? nil : json["max_output_tokens"].flatMap(count)
        model.retires = json["deprecation_date"]?.string
        model.cacheMinimum = json["prompt_cache_min_tokens"].flatMap(count)
        model.price = price(json)
        return model.price == nil && model.context == nil ? nil : model
    }

    private static func price(_ json: JSON) -> Price? {
        var tiers: [Price.Service: [Price.Tier]] = [:]
        for (service, end) in services {
            if let rates = rates(json, end: end) { tiers[service] = [Price.Tier(above: 0, rates: rates)] }
            for thousands in thresholds {
                guard let rates = rates(json, end: "_above_\(thousands)k_tokens\(end)") else { continue }
                tiers[service, default: []].append(Price.Tier(above: thousands * 1000, rates: rates))
            }
        }
        if tiers[.standard] == nil, let list = json["tiered_pricing"] {
            for part in list.elements {
                guard let above = part["range"]?.first.flatMap(count), let rates = rates(part, end: "") else {
                    continue
                }
                tiers[.standard, default: []].append(Price.Tier(above: above, rates: rates))
            }
        }
        return Price(tiers: tiers, offPeak: json["off_peak_pricing"].flatMap(offPeak))
    }

    private static func rates(_ json: JSON, end: String) -> Rates? {
        func price(_ name: String) -> Money? { json[name + end]?.double.flatMap { Money(dollars: $0) } }
        // An embedding's output is listed as nothing, or not at all.
        let isEmbedding = json["mode"]?.string == "embedding"
        guard let input = price("input_cost_per_token"),
            let output = price("output_cost_per_token") ?? (isEmbedding ? .zero : nil)
        else { return nil }
        // The members of longer caching say so before the tier.
        func long(_ hours: String) -> Money? {
            json["cache_creation_input_token_cost_above_\(hours)\(end)"]?.double.flatMap { Money(dollars: $0) }
        }
        // Some lists say 0 where writing costs nothing beside the prompt itself.
        func paid(_ amount: Money?) -> Money? { amount == .zero ? nil : amount }
        return Rates(
            input: input, output: output, cached: price("cache_read_input_token_cost"),
            cacheWrite: paid(price("cache_creation_input_token_cost")),
            longCacheWrite: paid(long("1hr") ?? long("12hr")),
            reasoning: paid(price("output_cost_per_reasoning_token")))
    }

    private static func offPeak(_ json: JSON) -> OffPeak? {
        guard let rates = rates(json, end: "") else { return nil }
        let windows = (json["windows"]?.elements ?? []).map { window in
            let hours = window["hours_utc"]
            let texts = hours?.string.map { [$0] } ?? hours?.elements.compactMap(\.string) ?? []
            let days = window["weekdays"]?.elements.compactMap(\.int) ?? Array(1...7)
            return OffPeak.Window(weekdays: days, minutes: texts.compactMap(range))
        }
        // China knows no daylight saving time; other zones do not occur.
        let offset = json["weekday_timezone"]?.string == "Asia/Shanghai" ? 480 : 0
        return OffPeak(rates: rates, windows: windows, weekdayOffset: offset)
    }

    /// `04:00-06:00`; an end of `00:00` is midnight.
    private static func range(_ text: String) -> OffPeak.Window.Range? {
        let numbers = text.split { $0 == ":" || $0 == "-" }.compactMap { Int($0) }
        guard numbers.count == 4 else { return nil }
        let to = numbers[2] * 60 + numbers[3]
        return OffPeak.Window.Range(from: numbers[0] * 60 + numbers[1], to: to == 0 ? 1440 : to)
    }

    /// A number of tokens, which some entries write with a fraction or as a text.
    private static func count(_ json: JSON) -> Int? {
        json.int ?? json.double.flatMap { Int(exactly: $0.rounded()) } ?? json.string.flatMap { Int($0) }
    }
}
