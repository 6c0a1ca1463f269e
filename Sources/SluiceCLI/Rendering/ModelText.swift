internal import SluiceCore
internal import SluiceProviders

/// Models as a table or as JSON.
enum ModelText {
    static func table(_ models: [Model]) -> [String] {
        let head = ["model", "context", "output", "in", "cached", "out", "batch in", "batch out", "remarks"]
        let rows = [head] + models.map(row)
        let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                let isText = column == 0 || column == row.count - 1
                line += (isText ? cell + blanks : blanks + cell) + "  "
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }

    private static func row(_ model: Model) -> [String] {
        let tiers = model.price?.tiers
        let rates = tiers?[.standard]?.first?.rates
        let batch = tiers?[.batch]?.first?.rates
        var remarks: [String] = []
        for tier in tiers?[.standard]?.dropFirst() ?? [] {
            remarks.append(
                "above \(NumberText.short(tier.above)): \(million(tier.rates.input))/\(million(tier.rates.output))")
        }
        if let offPeak = model.price?.offPeak {
            remarks.append("off-peak: \(million(offPeak.rates.input))/\(million(offPeak.rates.output))")
        }
        if let day = model.retires { remarks.append("retires \(day)") }
        return [
            model.name, model.context.map(NumberText.short) ?? "", model.maxOutput.map(NumberText.short) ?? "",
            million(rates?.input), million(rates?.cached), million(rates?.output), million(batch?.input),
            million(batch?.output), remarks.joined(separator: ", "),
        ]
    }

    private static func million(_ price: Money?) -> String { price.map { ($0 * 1_000_000).decimal } ?? "" }

    static func json(_ model: Model) -> Bytes {
        var json = JSONBuilder(capacity: 512)
        json.beginObject()
        for (name, text) in [("name", model.name), ("provider", model.provider), ("mode", model.mode)] {
            json.member(name, text)
        }
        for (name, number) in [
            ("context", model.context), ("max_output", model.maxOutput), ("cache_minimum", model.cacheMinimum),
        ] {
            json.member(name, number)
        }
        json.member("retires", model.retires)
        json.key("prices")
        json.beginArray()
        for service in Price.Service.allCases {
            for tier in model.price?.tiers[service] ?? [] { append(tier.rates, service.rawValue, tier.above, &json) }
        }
        if let offPeak = model.price?.offPeak { append(offPeak.rates, "off_peak", 0, &json) }
        json.endArray()
        json.endObject()
        return Bytes(json.bytes)
    }

    private static func append(_ rates: Rates, _ service: String, _ above: Int, _ json: inout JSONBuilder) {
        json.beginObject()
        json.member("service", service)
        json.member("above", above)
        let all: [(String, Money?)] = [
            ("input", rates.input), ("output", rates.output), ("cached", rates.cached),
            ("cache_write", rates.cacheWrite), ("long_cache_write", rates.longCacheWrite),
            ("reasoning", rates.reasoning),
        ]
        for (name, price) in all {
            guard let price else { continue }
            json.member(name, price * 1_000_000)
        }
        json.endObject()
    }
}
