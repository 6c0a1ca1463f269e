public import SluiceCore
internal import SluiceProviders
internal import SluiceStorage

/// The answers that runs have stored in a folder, to look through and to clean up; runs may go on meanwhile.
///
/// Every call blocks.
public final class Cache: Sendable {
    private let inventory: CacheInventory
    private let now: @Sendable () -> Now

    /// Opens the cache in a folder.
    /// - Parameter onEvent: Called with what people should know.
    /// - Throws: ``SluiceError`` if there is none, or it cannot be used.
    public init(
        _ folder: String, environment: Environment = .live, onEvent: (RunEvent) -> Void = { _ in }
    ) throws(SluiceError) {
        now = environment.now
        inventory = try CacheInventory(folder) { onEvent(RunEvent($0, isError: true)) }
    }

    /// Counts what there is.
    public func report() throws(SluiceError) -> CacheReport {
        let found = try inventory.statistics()
        return CacheReport(
            path: inventory.path, answers: found.answers, requests: found.requests, bytes: found.bytes,
            oldest: found.oldest, newest: found.newest,
            models: found.routes.map { ($0.route.model, $0.route.endpoint, $0.route.base, $0.answers) })
    }

    /// Goes through the answers, oldest first, and ends early when a closure returns false.
    /// - Parameters:
    ///   - newestFirst: Whether to begin with the last stored.
    ///   - model: Only answers of this model; nil for all.
    public func forEach(
        newestFirst: Bool = false, model: String? = nil, _ body: (StoredAnswer) throws(SluiceError) -> Bool
    ) throws(SluiceError) {
        try inventory.forEach(newestFirst: newestFirst, model: model) { entry throws(SluiceError) in
            try body(
                StoredAnswer(
                    hash: entry.hash, sample: entry.sample, endpoint: entry.route.endpoint, base: entry.route.base,
                    model: entry.route.model, created: entry.created, reply: entry.reply,
                    text: OpenAIAnswer.decode(entry.reply)?.text ?? Bytes("null")))
        }
    }

    /// Removes the oldest answers until the cache is within the limits of options; returns how many.
    public func prune(_ options: CacheOptions) throws(SluiceError) -> Int {
        try inventory.prune(options.limits, now: now().wall)
    }

    /// Removes the answers to requests whose hash begins with these hexadecimal digits; returns how many.
    public func remove(hashPrefix: String) throws(SluiceError) -> Int {
        try inventory.remove(hashPrefix: hashPrefix.lowercased())
    }

    /// Removes the answers of a model; returns how many.
    public func remove(model: String) throws(SluiceError) -> Int { try inventory.remove(model: model) }

    /// Removes all answers; returns how many.
    public func clear() throws(SluiceError) -> Int { try inventory.clear() }
}
