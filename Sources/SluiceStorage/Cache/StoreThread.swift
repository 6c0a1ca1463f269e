import SluiceCore

/// Stores answers from a thread of its own, all that have come since the last time in one transaction.
struct StoreThread: Sendable {
    /// What waits for the thread.
    struct Queue: ClosableQueue {
        /// What is to be stored.
        var answers: [CachedAnswer] = []
        /// Entries that are to be removed.
        var damaged: [Int64] = []
        /// Replies that are not in the database yet, by hash and sample.
        var unstored: [Key: Bytes] = [:]
        /// The bytes of these.
        var bytes = 0
        /// Who waits for room.
        var waiters: [Suspension<Void>] = []
        /// Nothing is stored any more.
        var isOff = false
        var closing = Closing()
        var threadSleeps = false

        /// Whether whoever adds something must wait: the disk is slower than the providers then.
        var isFull: Bool { bytes >= StoreThread.room && !isOff && !closing.isAsked }

        /// What a look-up need not ask the database for.
        struct Key: Hashable {
            let hash: RequestHash
            let sample: Int
        }
    }

    private static let room = 16 << 20
    /// Commits close to each other write the same pages of the index again and again.
    private static let gather = TimeSpan.milliseconds(100)
    /// How many answers come between two looks at the limits.
    private static let pruneInterval = 20_000
    private static let tries = 3

    let database: CacheDatabase
    let monitor: Monitor<Queue>
    let limits: CacheLimits
    let now: @Sendable () -> WallTime
    /// Called when nothing more is stored.
    let onFault: @Sendable (CacheFault) -> Void
    /// Called when the limits could not be kept; storing goes on.
    let onPruneFault: @Sendable (CacheFault) -> Void

    func run() {
        // What grew too old, or too large under other limits, goes at the start.
        prune()
        var stored = 0
        while true {
            var answers: [CachedAnswer] = []
            var damaged: [Int64] = []
            let isOver = monitor.wait { queue -> Bool? in
                if !queue.answers.isEmpty || !queue.damaged.isEmpty {
                    swap(&queue.answers, &answers)
                    swap(&queue.damaged, &damaged)
                    return false
                }
                queue.threadSleeps = !queue.closing.isAsked
                return queue.closing.isAsked ? true : nil
            }
            if isOver { break }
            commit(answers, removing: damaged)
            stored += answers.count
            if stored >= Self.pruneInterval {
                prune()
                stored = 0
            }
            _ = monitor.pause(for: Self.gather) { $0.closing.isAsked || $0.isFull }
        }
        if stored > 0 { prune() }
        database.close()
        monitor.end()
    }

    private func commit(_ answers: [CachedAnswer], removing damaged: [Int64]) {
        do throws(CacheFault) {
            try insert(answers, removing: damaged)
            leave(answers, isOff: false)
        } catch {
            leave(answers, isOff: true)
            onFault(error)
        }
    }

    private func insert(_ answers: [CachedAnswer], removing damaged: [Int64]) throws(CacheFault) {
        for attempt in 1...Self.tries {
            let result = Result { () throws(CacheFault) in
                try database.insert(answers, removing: damaged, at: now())
            }
            guard case .failure(let fault) = result else { return }
            if fault.kind != .busy || attempt == Self.tries { throw fault }
        }
    }

    /// Takes answers out of the queue's books and lets those go on who waited for room.
    private func leave(_ answers: [CachedAnswer], isOff: Bool) {
        let waiters = monitor.withLock { queue in
            for answer in answers {
                queue.unstored[Queue.Key(hash: answer.hash, sample: answer.sample)] = nil
                queue.bytes -= answer.reply.count
            }
            if isOff {
                queue.isOff = true
                queue.answers = []
                queue.damaged = []
                queue.unstored = [:]
                queue.bytes = 0
            }
            if queue.isFull { return [Suspension<Void>]() }
            defer { queue.waiters = [] }
            return queue.waiters
        }
        for waiter in waiters { waiter.resume(returning: ()) }
    }

    private func prune() {
        guard !limits.isEmpty else { return }
        do throws(CacheFault) {
            _ = try database.prune(limits, now: now())
        } catch {
            // Another process may be at it; there is a next time.
            if error.kind != .busy { onPruneFault(error) }
        }
    }
}
