internal import Sluice
internal import SluiceCore
internal import SluiceTokens

/// What a run would do, as text or JSON.
enum DryRunText {
    static func show(_ options: RunOptions, json wantsJSON: Bool) throws(SluiceError) {
        let dry = try DryRun(options)
        let estimate = try Estimate(options)
        if wantsJSON {
            var json = JSONBuilder(capacity: dry.body.count + 256)
            json.beginObject()
            json.member("url", dry.url)
            json.member("body", raw: dry.body)
            json.member("rows", dry.rows)
            json.member("bad_lines", dry.bad)
            json.member("estimated_tokens", dry.prompt.tokens)
            json.member("estimated", dry.prompt.method != .exact)
            json.member("method", dry.prompt.method.rawValue)
            json.member("estimate", raw: EstimateText.json(estimate))
            json.endObject()
            return Terminal.data(Bytes(json.bytes).text)
        }
        Terminal.say(
            "the first request, of \(NumberText.grouped(dry.rows ?? 0)) rows"
                + (dry.bad > 0 ? " and \(NumberText.grouped(dry.bad)) bad lines" : "") + ":")
        Terminal.say("POST \(dry.url)")
        Terminal.data(dry.body.text)
        Terminal.say(
            "\(NumberText.grouped(dry.prompt.tokens)) prompt tokens (\(way(dry.prompt.method))), "
                + "\(NumberText.grouped(options.accounts.count)) accounts; nothing was sent"
        )
        for line in EstimateText.lines(estimate, limit: options.maxCost) { Terminal.say(line) }
    }

    private static func way(_ method: TokenEstimate.Method) -> String {
        switch method {
        case .exact: "exact"
        case .documented: "estimated: text exact, overhead as documented"
        case .calibrated, .rule: "estimated by the characters"
        }
    }
}
