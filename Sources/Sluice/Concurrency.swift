internal import SluiceCore
internal import SluiceTransport

/// How many slots a run gets.
enum Concurrency {
    /// The number to start with where nothing is known: what a vLLM server takes at once by default.
    private static let unknown = 256
    /// With a rate the slots only have to cover it: a request that takes a minute needs as many slots as the limit.
    private static let most = 2000
    /// Where only tokens are limited: requests of fewer than that are few, and more slots than needed only wait.
    private static let leastTokens = 100.0
    /// How far the concurrency of an account is looked for, and of all together.
    private static let sought = 1024
    private static let mostSought = 4096
    /// Files that are not connections: the run's own, the loop's, the standard streams.
    private static let reservedFiles = 200

    static func slots(_ options: RunOptions, rows: Int?, onEvent: (RunEvent) -> Void) -> Int {
        var slots = options.concurrency ?? automatic(options)
        let room = max(1, FileLimit.raise() - reservedFiles)
        if slots > room {
            onEvent(RunEvent("-c \(slots) is lowered to \(room), the limit of open files less \(reservedFiles)"))
            slots = room
        }
        return max(1, min(slots, rows ?? slots))
    }

    private static func automatic(_ options: RunOptions) -> Int {
        let searching = options.accounts.count { account in
            account.limits.findsConcurrency || account.modelLimits.values.contains(where: \.findsConcurrency)
        }
        // Slots only bound the search; each that waits holds a row.
        if searching > 0 { return min(mostSought, searching * sought) }
        let rates = options.accounts.map { requestsPerMinute($0.limits) }
        let known = rates.compactMap { $0 }
        guard known.count == rates.count, !known.isEmpty else { return unknown }
        return Int(min(Double(most), max(64, known.reduce(0, +))))
    }

    /// The most requests per minute that limits let through; nil if they say nothing of it.
    private static func requestsPerMinute(_ limits: Limits) -> Double? {
        let tokens = [limits.tokensPerMinute, limits.inputTokensPerMinute, limits.outputTokensPerMinute]
        return
            ([
                limits.requestsPerMinute, limits.requestsPerSecond.map { $0 * 60 },
                limits.minimumInterval.map { 60 / max(1e-6, $0.seconds) },
            ] + tokens.map { $0.map { $0 / leastTokens } }).compactMap { $0 }.min()
    }
}
