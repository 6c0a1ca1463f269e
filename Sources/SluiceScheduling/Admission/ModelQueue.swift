import DequeModule

/// The requests for one model that may go: a large one for which tokens are saved, then retries, then fresh ones, each
/// in order of arrival.
struct ModelQueue: Sendable {
    /// The large request whose turn it is; others may pass it for a while.
    private(set) var standing: Waiting?
    private var retries = Deque<Waiting>()
    private var fresh = Deque<Waiting>()

    /// How many wait.
    var count: Int { (standing == nil ? 0 : 1) + retries.count + fresh.count }

    /// The request whose turn is next.
    var head: Waiting? { standing ?? retries.first ?? fresh.first }

    /// The request at a place, the head's being 0.
    subscript(place: Int) -> Waiting {
        var place = place
        if let standing {
            if place == 0 { return standing }
            place -= 1
        }
        return place < retries.count ? retries[place] : fresh[place - retries.count]
    }

    /// Whether any of them was sent before.
    var hasRetries: Bool { !retries.isEmpty || fresh.contains(where: \.isRetry) || standing?.isRetry ?? false }

    /// The place of the last request that was never sent; nil if there is none.
    var lastFresh: Int? {
        if let place = fresh.lastIndex(where: { !$0.isRetry }) { return count - fresh.count + place }
        return standing.map { !$0.isRetry } ?? false ? 0 : nil
    }

    /// Lets the head stand where it is, whatever comes.
    mutating func stand() {
        if standing == nil { standing = retries.popFirst() ?? fresh.popFirst() }
    }

    /// Puts fresh ones in the order of their expected answers, longest first (Graham's rule for short schedules,
    /// <https://doi.org/10.1137/0117039>): what takes long is not begun last.
    mutating func sort() {
        let sorted = fresh.sorted { left, right in
            (right.demand.expected.output, right.demand.maxOutput ?? 0, left.order)
                < (left.demand.expected.output, left.demand.maxOutput ?? 0, right.order)
        }
        fresh = Deque(sorted)
    }

    mutating func append(_ waiting: Waiting) {
        if waiting.goesFirst { retries.append(waiting) } else { fresh.append(waiting) }
    }

    /// Takes out the request at a place, the head's being 0.
    mutating func remove(at place: Int) {
        var place = place
        if standing != nil {
            if place == 0 { return standing = nil }
            place -= 1
        }
        guard place > 0 else {
            if retries.popFirst() == nil { _ = fresh.popFirst() }
            return
        }
        if place < retries.count { retries.remove(at: place) } else { fresh.remove(at: place - retries.count) }
    }

    /// Takes out a request wherever it waits; returns whether it was there.
    mutating func remove(_ ticket: Ticket) -> Bool {
        if standing?.ticket == ticket {
            standing = nil
        } else if let place = fresh.firstIndex(where: { $0.ticket == ticket }) {
            fresh.remove(at: place)
        } else if let place = retries.firstIndex(where: { $0.ticket == ticket }) {
            retries.remove(at: place)
        } else {
            return false
        }
        return true
    }

    /// Takes out every request that `isLost`, in the order in which they would have gone.
    mutating func removeAll(where isLost: (Waiting) -> Bool) -> [Waiting] {
        var lost = [standing].compactMap { $0 }.filter(isLost)
        if !lost.isEmpty { standing = nil }
        lost += Array(retries.filter(isLost)) + fresh.filter(isLost)
        guard !lost.isEmpty else { return [] }
        retries.removeAll(where: isLost)
        fresh.removeAll(where: isLost)
        return lost
    }
}
