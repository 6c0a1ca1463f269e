internal import ArgumentParser
internal import SluiceCore
internal import SluiceSimulator

/// What a simulated provider lets through, how it counts and what it says about it.
struct MockLimitFlags: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Count, charge and announce as this provider does: "
                + ProviderProfile.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "name"),
        transform: Flags.choice)
    var profile: ProviderProfile?

    @Option(name: .long, help: "Requests per minute of each account.", transform: Flags.count)
    var rpm: Double?

    @Option(name: .long, help: "Tokens per minute of each account.", transform: Flags.count)
    var tpm: Double?

    @Option(name: .long, help: "Requests per second of each account, not announced.", transform: Flags.count)
    var rps: Double?

    @Option(name: .long, help: "Requests per day of each account.", transform: Flags.count)
    var rpd: Double?

    @Option(name: .long, help: "Tokens per day of each account.", transform: Flags.count)
    var tpd: Double?

    @Option(name: .long, help: "Tokens of prompts per minute of each account.", transform: Flags.count)
    var itpm: Double?

    @Option(name: .long, help: "Tokens of answers per minute of each account.", transform: Flags.count)
    var otpm: Double?

    @Option(name: .long, help: "Requests in flight of each account.", transform: Flags.positive)
    var concurrency: Int?

    @Option(name: .long, help: "How much the limits' buckets hold, as time (default 1s).", transform: Flags.span)
    var bucket: TimeSpan?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How limits are enforced: bucket[:SPAN], fixed, sliding or quanta[:SPAN]; for one of them \"rpm=fixed\".",
            valueName: "model"))
    var window: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "When the tokens of answers are charged: reserve, reserve-keep, estimate or actual (default reserve).",
            valueName: "model"))
    var charge: MockCharge?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Keys that share a quota: \"team=KEY,KEY\", with limits of their own \"free=KEY;rpm=20,tpm=10k\"; repeatable.",
            valueName: "name=keys"))
    var account: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Model that exists, with limits of its own if it has any: \"large,rpm=20\"; repeatable (default: any).",
            valueName: "name"))
    var model: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Names of the rate-limit headers: " + HeaderStyle.allCases.map(\.rawValue).joined(separator: ", ") + ".",
            valueName: "style"), transform: Flags.choice)
    var headers: HeaderStyle?

    @Flag(name: .long, help: "Send no Retry-After with a 429.")
    var noRetryAfter = false

    /// Sets what the flags say.
    /// - Throws: ``SluiceError`` for one that cannot be read.
    func apply(to options: inout SimulatorOptions) throws(SluiceError) {
        profile?.apply(to: &options)
        if let bucket {
            options.limits.window = .bucket(depth: bucket)
            options.limits.windows = [:]
        }
        // What is said of all comes before what is said of one.
        for text in window where !text.contains("=") { try MockLimits.setWindow(text, of: &options.limits) }
        for text in window where text.contains("=") { try MockLimits.setWindow(text, of: &options.limits) }
        let values: [(RateDimension, Double?)] = [
            (.requestsPerMinute, rpm), (.tokensPerMinute, tpm), (.requestsPerSecond, rps), (.requestsPerDay, rpd),
            (.tokensPerDay, tpd), (.inputTokensPerMinute, itpm), (.outputTokensPerMinute, otpm),
            (.concurrency, concurrency.map(Double.init)),
        ]
        for case (let dimension, let value?) in values { options.limits[dimension] = value }
        if let charge { options.charging = charge.model }
        if let headers { options.headers = headers }
        if noRetryAfter { options.sendsRetryAfter = false }
        for text in account { options.accounts.append(try MockLimits.account(text, like: options.limits)) }
        for text in model {
            let (name, limits) = try MockLimits.model(text, like: options.limits)
            options.models.append(name)
            if let limits { options.modelLimits[name] = limits }
        }
        // Who lists the keys that are let in means those of the accounts, too.
        if !options.keys.isEmpty { options.keys += options.accounts.flatMap(\.keys) }
    }
}

/// The names of the charge models.
enum MockCharge: String, ExpressibleByArgument, CaseIterable {
    case reserve
    case reserveKeep = "reserve-keep"
    case estimate
    case actual

    var model: ChargeModel {
        switch self {
        case .reserve: .reserve(givesBack: true)
        case .reserveKeep: .reserve(givesBack: false)
        case .estimate: .estimate
        case .actual: .actual
        }
    }
}
