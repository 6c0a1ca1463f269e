internal import ArgumentParser
internal import Sluice
internal import SluiceCore

/// Flags that say what happens when something goes wrong.
struct TroubleFlags: ParsableArguments {
    /// What to do about the first failed row.
    enum OnError: String, ExpressibleByArgument, CaseIterable {
        case ignore, raise
    }

    /// What to do when no key is left.
    enum OnExhausted: String, ExpressibleByArgument, CaseIterable {
        case wait, fail
    }

    /// When an answer counts as written.
    enum Durability: String, ExpressibleByArgument, CaseIterable {
        case sync, os
    }

    @Option(
        name: .long, help: "Tries of a request; refusals for a limit do not count (default 5).",
        transform: Flags.positive)
    var maxAttempts: Int?

    @Option(
        name: .long, help: "Longest time for one reply (default 10m; 1h on a private network).", transform: Flags.span)
    var timeout: TimeSpan?

    @Option(name: .long, help: "Longest time for a row that only meets refusals (default 24h).", transform: Flags.span)
    var rowDeadline: TimeSpan?

    @Option(
        name: .long, help: "How long to wait for a server that is still starting (default 60s).", transform: Flags.span)
    var waitReady: TimeSpan?

    @Option(
        name: .long,
        help: "Requests sent again after failures, as a share of the answers (default 20%; ten a second are free).",
        transform: Flags.share)
    var retryBudget: Double?

    @Option(
        name: .long,
        help: "ignore: a failed row is written to the errors file, whatever the reason; raise: it ends the run.")
    var onError: OnError?

    @Option(
        name: .long,
        help: "No key is left: wait until the file that they come from changes (default), or fail with code 3.")
    var onExhausted: OnExhausted?

    @Option(
        name: .long, help: "When to say again that no key is left, then after twice as long each time (default 30s).",
        transform: Flags.span)
    var baseWait: TimeSpan?

    @Option(
        name: .long,
        help: "At the end ask once more what is slower than so many of all (p95); 2% at most, the first answer wins.",
        transform: Flags.quantile)
    var hedge: Double?

    @Flag(name: .long, help: "Stop before anything is sent if a line is bad; needs a file.")
    var strict = false

    @Flag(name: .long, help: "Ask rows again whose text or prompt has changed, however many they are.")
    var redo = false

    @Flag(
        name: .long,
        help: "Ask every finished row again; the old answers move to stale.jsonl. Given again after a stop, it goes on."
    )
    var redoAll = false

    @Option(name: .long, help: "sync: an answer is on the disk before it counts; os: left to the system.")
    var durability: Durability?

    @Option(name: .long, help: "How long to wait for room on a full disk (default 10m).", transform: Flags.span)
    var diskWait: TimeSpan?

    @Option(
        name: .long, help: "How long requests in flight may take after SIGTERM (default 20s).", transform: Flags.span)
    var grace: TimeSpan?

    func apply(to options: inout RunOptions) {
        if let maxAttempts { options.maxAttempts = maxAttempts }
        options.timeout = timeout
        if let rowDeadline { options.rowDeadline = rowDeadline }
        if let waitReady { options.waitReady = waitReady }
        if let retryBudget { options.retryShare = retryBudget }
        options.stopsAtFirstFailure = onError == .raise
        options.stopsAtCommonFailure = onError != .ignore
        options.waitsForKeys = onExhausted != .fail
        if let baseWait { options.keyReminder = baseWait }
        options.hedge = hedge
        options.isStrict = strict
        options.redo = redo
        options.redoAll = redoAll
        options.isDurable = durability != .os
        if let diskWait { options.diskWait = diskWait }
        if let grace { options.grace = grace }
    }
}
