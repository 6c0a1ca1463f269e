import DequeModule
import HeapModule
import SluiceCore

/// The requests that wait: retries before fresh ones, each in order of arrival, and apart those whose time has not come.
struct WaitingLine: Sendable {
    private var retries = Deque<Waiting>()
    private var fresh = Deque<Waiting>()
    private var later = Heap<Waiting>()
    private var arrivals: UInt64 = 0

    /// How many wait.
    var count: Int { retries.count + fresh.count + later.count }

    /// The request whose turn is next.
    var head: Waiting? { retries.first ?? fresh.first }

    /// When the next back-off ends; never if there is none.
    var nextLater: Instant { later.min?.notBefore ?? .never }

    /// Adds a request at its place.
    mutating func add(
        _ ticket: Ticket, tokens: Int, notBefore: Instant?, avoiding: CredentialIndex?, isRetry: Bool, now: Instant
    ) {
        arrivals += 1
        let waiting = Waiting(
            ticket: ticket, tokens: tokens, avoiding: avoiding, isRetry: isRetry,
            notBefore: notBefore ?? now, order: arrivals)
        if waiting.notBefore > now { later.insert(waiting) } else { queue(waiting) }
    }

    /// Moves those whose back-off is over into the queues.
    mutating func advance(now: Instant) {
        while let first = later.min, first.notBefore <= now { queue(later.removeMin()) }
    }

    /// Takes the request whose turn is next.
    mutating func removeHead() {
        if retries.popFirst() == nil { _ = fresh.popFirst() }
    }

    /// Takes out a request wherever it waits; returns whether it was there.
    mutating func remove(_ ticket: Ticket) -> Bool {
        if let place = fresh.firstIndex(where: { $0.ticket == ticket }) {
            fresh.remove(at: place)
        } else if let place = retries.firstIndex(where: { $0.ticket == ticket }) {
            retries.remove(at: place)
        } else if later.unordered.contains(where: { $0.ticket == ticket }) {
            later = Heap(later.unordered.filter { $0.ticket != ticket })
        } else {
            return false
        }
        return true
    }

    /// Takes out every request that `isLost`, in the order in which they would have gone.
    mutating func removeAll(where isLost: (Waiting) -> Bool) -> [Waiting] {
        let lost = Array(retries.filter(isLost)) + fresh.filter(isLost) + later.unordered.filter(isLost).sorted()
        guard !lost.isEmpty else { return [] }
        retries.removeAll(where: isLost)
        fresh.removeAll(where: isLost)
        later = Heap(later.unordered.filter { !isLost($0) })
        return lost
    }

    private mutating func queue(_ waiting: Waiting) {
        if waiting.isRetry { retries.append(waiting) } else { fresh.append(waiting) }
    }
}
