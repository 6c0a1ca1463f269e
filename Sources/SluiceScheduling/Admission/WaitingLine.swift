import HeapModule
import SluiceCore

/// The requests that wait: a queue for each model, and apart those whose time has not come.
struct WaitingLine: Sendable {
    private(set) var queues = [ModelQueue()]
    private var later = Heap<Waiting>()
    private var arrivals: UInt64 = 0

    /// How many wait.
    var count: Int { queues.reduce(later.count) { $0 + $1.count } }

    /// Whether any of them was never sent.
    var hasFresh: Bool { queues.contains { $0.lastFresh != nil } }

    /// Whether any of them was sent before.
    var hasRetries: Bool { !later.isEmpty || queues.contains(where: \.hasRetries) }

    /// The request whose turn is next.
    var head: Waiting? { queues.compactMap(\.head).min { $0.rank < $1.rank } }

    /// The request for a model whose turn is next.
    func head(of model: ModelIndex) -> Waiting? { queues[model].head }

    /// When the next back-off ends; never if there is none.
    var nextLater: Instant { later.min?.notBefore ?? .never }

    /// When the next one may come out of its back-off, which takes a retry from the budget.
    func nextLater(_ retries: RetryBudget, now: Instant) -> Instant {
        nextLater == .never ? .never : max(nextLater, retries.due(now: now))
    }

    /// Makes room for a model.
    mutating func addModel() { queues.append(ModelQueue()) }

    /// Adds a request at its place.
    mutating func add(
        _ ticket: Ticket, model: ModelIndex, demand: TokenDemand, notBefore: Instant?, avoiding: CredentialIndex?,
        isRetry: Bool, yields: Bool, fallback: Int, now: Instant
    ) {
        arrivals += 1
        let waiting = Waiting(
            ticket: ticket, model: model, demand: demand, avoiding: avoiding, isRetry: isRetry, yields: yields,
            fallback: fallback, notBefore: notBefore ?? now, order: arrivals)
        if notBefore != nil { later.insert(waiting) } else { queues[model].append(waiting) }
    }

    /// Moves those whose back-off is over into the queues, as far as there are retries left.
    mutating func advance(_ retries: inout RetryBudget, now: Instant) {
        while let first = later.min, first.notBefore <= now, retries.take(now: now) {
            let waiting = later.removeMin()
            queues[waiting.model].append(waiting)
        }
    }

    /// The model whose head goes next among those that are not held up; nil if there is none.
    func next(except held: [Bool]) -> ModelIndex? {
        if queues.count == 1 { return held[0] || queues[0].count == 0 ? nil : 0 }
        var best: (model: ModelIndex, rank: (Int, UInt64))?
        for model in queues.indices where !held[model] {
            guard let rank = queues[model].head?.rank else { continue }
            if best.map({ rank < $0.rank }) ?? true { best = (model, rank) }
        }
        return best?.model
    }

    /// Puts those that were never sent in the order of their expected answers, longest first.
    mutating func sort() {
        for model in queues.indices { queues[model].sort() }
    }

    /// Lets the head of a model stand where it is, whatever comes.
    mutating func stand(_ model: ModelIndex) { queues[model].stand() }

    /// Takes out the request at a place of a model's queue.
    mutating func remove(_ model: ModelIndex, at place: Int) { queues[model].remove(at: place) }

    /// Takes out a request wherever it waits; returns whether it was there.
    mutating func remove(_ ticket: Ticket) -> Bool {
        for model in queues.indices where queues[model].remove(ticket) { return true }
        guard later.unordered.contains(where: { $0.ticket == ticket }) else { return false }
        later = Heap(later.unordered.filter { $0.ticket != ticket })
        return true
    }

    /// Takes out every request for a model that `isLost`, back-offs apart.
    mutating func removeAll(of model: ModelIndex, where isLost: (Waiting) -> Bool) -> [Waiting] {
        queues[model].removeAll(where: isLost)
    }

    /// Takes out every request that `isLost`, in the order in which they would have gone.
    mutating func removeAll(where isLost: (Waiting) -> Bool) -> [Waiting] {
        var lost: [Waiting] = []
        for model in queues.indices { lost += queues[model].removeAll(where: isLost) }
        lost += later.unordered.filter(isLost).sorted()
        if !lost.isEmpty { later = Heap(later.unordered.filter { !isLost($0) }) }
        return lost
    }
}
