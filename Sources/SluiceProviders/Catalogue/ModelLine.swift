import SluiceCore

/// One line of a catalogue's text: name, provider, mode, context, longest answer, day of retirement, prices.
///
/// The members are separated by tabs, an unknown one is empty. Prices are separated by blanks, each
/// `service[>tokens]=input,output,cached,write,longwrite,reasoning` in dollars for a million tokens; trailing commas are
/// left out. `off=` has the off-peak rates, then `@minutes` that the clock of the weekdays is ahead, then for each
/// window `;days:from-to+from-to` in minutes of the day. `min=` has the fewest tokens that are cached.
enum ModelLine {
    static func text(_ model: Model) -> String {
        var fields = [model.name, model.provider, model.mode]
        fields.append(model.context.map { "\($0)" } ?? "")
        fields.append(model.maxOutput.map { "\($0)" } ?? "")
        fields.append(model.retires ?? "")
        var prices: [String] = []
        if let price = model.price {
            for service in Price.Service.allCases {
                for tier in price.tiers[service] ?? [] {
                    let bound = tier.above > 0 ? ">\(tier.above)" : ""
                    prices.append("\(service.rawValue)\(bound)=\(text(tier.rates))")
                }
            }
            if let offPeak = price.offPeak { prices.append("off=\(text(offPeak))") }
        }
        if let minimum = model.cacheMinimum { prices.append("min=\(minimum)") }
        fields.append(prices.joined(separator: " "))
        return fields.joined(separator: "\t")
    }

    static func model(_ line: Substring) -> Model? {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 7, !fields[0].isEmpty else { return nil }
        var model = Model(String(fields[0]), provider: String(fields[1]), mode: String(fields[2]))
        model.context = Int(fields[3])
        model.maxOutput = Int(fields[4])
        model.retires = fields[5].isEmpty ? nil : String(fields[5])
        var tiers: [Price.Service: [Price.Tier]] = [:]
        var offPeak: OffPeak?
        for part in fields[6].split(separator: " ") {
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let name = part[..<equals].split(separator: ">")
            let value = part[part.index(after: equals)...]
            switch name.first {
            case "min": model.cacheMinimum = Int(value)
            case "off": offPeak = self.offPeak(value)
            default:
                guard let service = name.first.flatMap({ Price.Service(rawValue: String($0)) }),
                    let rates = rates(value)
                else { return nil }
                let above = name.count > 1 ? Int(name[1]) ?? 0 : 0
                tiers[service, default: []].append(Price.Tier(above: above, rates: rates))
            }
        }
        model.price = Price(tiers: tiers, offPeak: offPeak)
        return model
    }

    // MARK: rates

    private static func text(_ rates: Rates) -> String {
        let all: [Money?] = [
            rates.input, rates.output, rates.cached, rates.cacheWrite, rates.longCacheWrite, rates.reasoning,
        ]
        var texts = all.map { $0.map { ($0 * 1_000_000).decimal } ?? "" }
        while texts.last == "" { texts.removeLast() }
        return texts.joined(separator: ",")
    }

    private static func rates(_ text: Substring) -> Rates? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(money)
        func part(_ index: Int) -> Money? { index < parts.count ? parts[index] : nil }
        guard let input = part(0), let output = part(1) else { return nil }
        return Rates(
            input: input, output: output, cached: part(2), cacheWrite: part(3), longCacheWrite: part(4),
            reasoning: part(5))
    }

    /// The price of one token, from that of a million.
    private static func money(_ text: Substring) -> Money? {
        Double(text).map { Money(picodollars: Int64(($0 * 1_000_000).rounded())) }
    }

    // MARK: off-peak hours

    private static func text(_ offPeak: OffPeak) -> String {
        let windows = offPeak.windows.map { window in
            window.weekdays.map { "\($0)" }.joined() + ":"
                + window.minutes.map { "\($0.from)-\($0.to)" }.joined(separator: "+")
        }
        return (["\(text(offPeak.rates))@\(offPeak.weekdayOffset)"] + windows).joined(separator: ";")
    }

    private static func offPeak(_ text: Substring) -> OffPeak? {
        let parts = text.split(separator: ";")
        let head = parts.first?.split(separator: "@") ?? []
        guard head.count == 2, let rates = rates(head[0]), let offset = Int(head[1]) else { return nil }
        let windows = parts.dropFirst().map { part in
            let halves = part.split(separator: ":")
            let ranges = (halves.count > 1 ? halves[1] : "").split(separator: "+").compactMap { range in
                let ends = range.split(separator: "-").compactMap { Int($0) }
                return ends.count == 2 ? OffPeak.Window.Range(from: ends[0], to: ends[1]) : nil
            }
            return OffPeak.Window(weekdays: (halves.first ?? "").compactMap(\.wholeNumberValue), minutes: ranges)
        }
        return OffPeak(rates: rates, windows: windows, weekdayOffset: offset)
    }
}
