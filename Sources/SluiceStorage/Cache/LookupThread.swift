import SluiceCore

/// Answers look-ups from a thread of its own: all that have come since the last time, in one transaction.
///
/// A thread hand-over for each look-up would cost more than the look-up; the busier the run, the larger the groups.
struct LookupThread: Sendable {
    typealias Waiter = Suspension<[Bytes?]>

    /// What waits for the thread.
    struct Queue: ClosableQueue {
        var lookups: [(lookup: CacheLookup, waiter: Waiter)] = []
        /// Nothing is looked up any more: whoever asks is told at once that there is nothing.
        var isOff = false
        var closing = Closing()
        var threadSleeps = false

        /// Whether a look-up is not worth waiting for.
        var isIdle: Bool { isOff || closing.isAsked }
    }

    let database: CacheDatabase
    let monitor: Monitor<Queue>
    /// Called with entries whose bytes are not those that were stored.
    let onDamage: @Sendable ([Int64]) -> Void
    let onFault: @Sendable (CacheFault) -> Void

    func run() {
        var group: [(lookup: CacheLookup, waiter: Waiter)] = []
        while true {
            let isOver = monitor.wait { queue -> Bool? in
                if !queue.lookups.isEmpty {
                    swap(&queue.lookups, &group)
                    return false
                }
                queue.threadSleeps = !queue.closing.isAsked
                return queue.closing.isAsked ? true : nil
            }
            if isOver { break }
            answer(group)
            group.removeAll(keepingCapacity: true)
        }
        database.close()
        monitor.end()
    }

    private func answer(_ group: [(lookup: CacheLookup, waiter: Waiter)]) {
        var answered = 0
        var damaged: [Int64] = []
        do throws(CacheFault) {
            try database.find(group.map(\.lookup)) { index, found in
                answered = index + 1
                group[index].waiter.resume(
                    returning: found.map { found in
                        switch found {
                        case .reply(let reply): return reply
                        case .damaged(let id):
                            damaged.append(id)
                            return nil
                        case nil: return nil
                        }
                    })
            }
        } catch {
            let rest: [(lookup: CacheLookup, waiter: Waiter)] = monitor.withLock { queue in
                // Only a reader that is kept waiting may have more luck next time.
                if error.kind == .busy { return [] }
                queue.isOff = true
                defer { queue.lookups = [] }
                return queue.lookups
            }
            for (lookup, waiter) in group[answered...] + rest {
                waiter.resume(returning: [Bytes?](repeating: nil, count: lookup.samples.count))
            }
            onFault(error)
        }
        if !damaged.isEmpty { onDamage(damaged) }
    }
}
