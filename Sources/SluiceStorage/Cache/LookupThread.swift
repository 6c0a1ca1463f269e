import SluiceCore

/// Answers look-ups from a thread of its own: all that have come since the last time, in one transaction.
///
/// A thread hand-over for each look-up would cost more than the look-up; the busier the run, the larger the groups.
struct LookupThread: Sendable {
    /// Look-ups that are answered together.
    struct Demand: Sendable {
        let lookups: [CacheLookup]
        /// After so many bytes of replies nothing more is looked up.
        var room = Int.max
        /// Called on the thread, in the order of the demands, with the samples of each look-up; nil for one that was not
        /// made.
        let answer: @Sendable ([[Bytes?]?]) -> Void

        /// Tells that nothing can be looked up.
        func refuse() { answer([[Bytes?]?](repeating: nil, count: lookups.count)) }
    }

    /// What waits for the thread.
    struct Queue: ClosableQueue {
        var demands: [Demand] = []
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
        var group: [Demand] = []
        while true {
            let isOver = monitor.wait { queue -> Bool? in
                if !queue.demands.isEmpty {
                    swap(&queue.demands, &group)
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

    private func answer(_ group: [Demand]) {
        var answered = 0
        var damaged: [Int64] = []
        do throws(CacheFault) {
            try database.look { find in
                for demand in group {
                    let found = try samples(demand, &damaged, find)
                    answered += 1
                    demand.answer(found)
                }
            }
        } catch {
            let rest: [Demand] = monitor.withLock { queue in
                // Only a reader that is kept waiting may have more luck next time.
                if error.kind == .busy { return [] }
                queue.isOff = true
                defer { queue.demands = [] }
                return queue.demands
            }
            for demand in group[answered...] + rest { demand.refuse() }
            onFault(error)
        }
        if !damaged.isEmpty { onDamage(damaged) }
    }

    private func samples(
        _ demand: Demand, _ damaged: inout [Int64], _ find: (CacheLookup) throws -> [SampleQuery.Found?]
    ) throws -> [[Bytes?]?] {
        var room = demand.room
        return try demand.lookups.map { lookup in
            guard room > 0 else { return nil }
            return try find(lookup).map { found in
                switch found {
                case .reply(let reply):
                    room -= reply.count
                    return reply
                case .damaged(let id):
                    damaged.append(id)
                    return nil
                case nil: return nil
                }
            }
        }
    }
}
