internal import SluiceCore
internal import SluiceStorage

/// Finds rows that ask the same: for the cache, and for requests that are sent once for several rows.
struct Likeness: Sendable {
    private let sharesAll: Bool
    /// Nil without a cache.
    private let places: CachePlaces?
    private let counter: SampleCounter

    init(_ options: RunOptions, places: CachePlaces?) {
        sharesAll = options.sharesAnswers
        self.places = places
        counter = SampleCounter()
    }

    /// Whether rows that are not asked have to be counted, since those after them get later samples.
    var countsAll: Bool { places != nil && !sharesAll }

    /// What a request asks; nil if nothing can come of it.
    func asked(_ request: Request) -> Asked? {
        guard places != nil || sharesAll || mayBeDeterministic(request) else { return nil }
        let canonical = places == nil ? CanonicalRequest(asWritten: request) : CanonicalRequest(request)
        let isShared = sharesAll || canonical.isDeterministic
        guard places != nil || isShared else { return nil }
        let question = canonical.hash(model: request.model)
        let places = self.places?.places(of: request.model) ?? []
        // Equal rows get different samples of one request, in their order, unless one answer is for all.
        let first = isShared ? 0 : counter.take(canonical.samples, of: question)
        return Asked(
            question: question, places: places, hashes: places.map { canonical.hash(model: $0.model, at: $0.base) },
            samples: first..<first + canonical.samples, isShared: isShared)
    }

    /// A look that spares most rows the hash.
    private func mayBeDeterministic(_ request: Request) -> Bool {
        request.endpoint == .embeddings || request.parameters.containsText("temperature")
    }
}
