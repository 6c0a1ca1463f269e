internal import SluiceStorage

/// What a row asks, in a form that tells whether another row asks the same.
struct Asked: Sendable {
    /// The request to its model, wherever it goes.
    let question: RequestHash
    /// The request at each place that may answer it; none without a cache.
    let places: [CachePlaces.Place]
    /// Its hash at each of these.
    let hashes: [RequestHash]
    /// The answers that it is given, of all that are stored for its hash.
    let samples: Range<Int>
    /// Whether rows that ask the same get the same answer.
    let isShared: Bool

    /// The same for the cache; for rows of this run what a former model was asked.
    func following(_ former: Asked) -> Asked {
        Asked(
            question: former.question, places: places, hashes: hashes, samples: samples, isShared: former.isShared)
    }

    /// The same for rows of this run; nothing for the cache.
    var withoutPlaces: Asked {
        Asked(question: question, places: [], hashes: [], samples: samples, isShared: isShared)
    }
}
