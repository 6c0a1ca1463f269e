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
        guard let route = places?.route(of: request.model) else { return asWritten(request) }
        let canonical = CanonicalRequest(request)
        let isShared = sharesAll || canonical.isDeterministic
        let hashes = route.places.map { canonical.hash(at: $0.address) }
        // Samples are counted wherever they are asked for, since places come and go while a run goes on. Who shares is
        // known by the hash of its one place, which is all that is needed then.
        let question = isShared && hashes.count == 1 ? hashes[0] : canonical.hash(at: route.question)
        // Equal rows get different samples of one request, in their order, unless one answer is for all.
        let first = isShared ? 0 : counter.take(canonical.samples, of: question)
        return Asked(
            question: question, places: route.places, hashes: hashes,
            samples: first..<first + canonical.samples, isShared: isShared)
    }

    /// Without a cache only rows of this run are compared, and only those that expect one answer.
    private func asWritten(_ request: Request) -> Asked? {
        // A look that spares many rows more than that.
        guard sharesAll || request.endpoint == .embeddings || request.parameters.containsText("temperature") else {
            return nil
        }
        let sampling = Sampling(request)
        guard sharesAll || sampling.isDeterministic else { return nil }
        return Asked(
            question: RequestHash(asWritten: request), places: [], hashes: [], samples: 0..<sampling.samples,
            isShared: true)
    }
}
